#ifndef LOCALCODE_CPROCESS_SHIM_H
#define LOCALCODE_CPROCESS_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <crt_externs.h>
#include <libproc.h>
#include <sys/proc.h>
#endif

/* What is between fork and exec. Swift may not be there: in a copy of a process with threads only calls that are safe in a
   signal handler are allowed, and Swift's runtime may wait at any moment for a lock that a vanished thread holds. */

typedef struct {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int input, output, report;
    pid_t parent;
    int descriptors;
} localcode_child;

/* Marks every descriptor from 3 on to be closed by exec. */
static inline void localcode_close_on_exec(int limit) {
#if defined(__linux__) && defined(SYS_close_range)
    const unsigned close_on_exec = 1u << 2;
    if (syscall(SYS_close_range, 3u, ~0u, close_on_exec) == 0) return;
#endif
    for (int descriptor = 3; descriptor < limit; descriptor++) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

__attribute__((noreturn)) static inline void localcode_become(const localcode_child *child) {
    setpgid(0, 0);
#ifdef __linux__
    /* The kernel ends it when the thread that started it ends. A parent that has ended already would not be noticed. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != child->parent) _exit(127);
#endif
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (dup2(child->input, STDIN_FILENO) >= 0 && dup2(child->output, STDOUT_FILENO) >= 0
        && dup2(child->output, STDERR_FILENO) >= 0) {
        localcode_close_on_exec(child->descriptors);
        execve(child->path, child->arguments, child->environment);
    }
    int reason = errno;
    ssize_t count;
    do count = write(child->report, &reason, sizeof reason);
    while (count < 0 && errno == EINTR);
    _exit(127);
}

/* A pipe that no other child inherits. */
static inline int localcode_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

/* Starts a program in a process group of its own: standard input is empty, the two others are `output`, no other descriptor
   and no signal handling is inherited. On Linux it is killed when the calling thread ends.
   Returns 0, or the error number that fork or exec gave. */
static inline int localcode_spawn(
    const char *path, char *const *arguments, char *const *environment, int output, pid_t *started
) {
    int report[2];
    if (localcode_pipe(report) != 0) return errno;
    /* None of them may be one of the three that the child replaces. */
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
    localcode_child child = {
        .path = path, .arguments = arguments, .environment = environment,
        .input = empty < 0 ? -1 : fcntl(empty, F_DUPFD_CLOEXEC, 3),
        .output = fcntl(output, F_DUPFD_CLOEXEC, 3),
        .report = fcntl(report[1], F_DUPFD_CLOEXEC, 3),
        .parent = getpid(), .descriptors = (int)sysconf(_SC_OPEN_MAX),
    };
    int reason = child.input < 0 || child.output < 0 || child.report < 0 ? errno : 0;
    pid_t pid = -1;
    if (reason == 0) {
        /* No handler of ours may run in the child. */
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        pid = fork();
        if (pid == 0) localcode_become(&child);
        if (pid < 0) reason = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (empty >= 0) close(empty);
    if (child.input >= 0) close(child.input);
    if (child.output >= 0) close(child.output);
    if (child.report >= 0) close(child.report);
    close(report[1]);
    if (pid > 0) {
        /* In both, since either may be first. */
        setpgid(pid, pid);
        ssize_t count;
        do count = read(report[0], &reason, sizeof reason);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof reason) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        } else {
            reason = 0;
            *started = pid;
        }
    }
    close(report[0]);
    return reason;
}

/* Waits until a child has ended, and leaves it to be reaped: until then its number and its group's are not given to others. */
static inline void localcode_await_end(pid_t pid) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
}

/* Reaps a child that has ended: its exit status, or the negative number of the signal that ended it. */
static inline int localcode_reap(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return 0;
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* This process's environment. */
static inline char **localcode_environment(void) {
#ifdef __linux__
    extern char **environ;
    return environ;
#else
    return *_NSGetEnviron();
#endif
}

#ifndef __linux__
/* When a process started, microseconds since 1970; 0: there is none, or it has ended. */
static inline uint64_t localcode_start_time(pid_t pid) {
    struct proc_bsdinfo info;
    if (proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) != (int)sizeof info) return 0;
    if (info.pbi_status == SZOMB) return 0;
    return info.pbi_start_tvsec * 1000000 + info.pbi_start_tvusec;
}

/* Bytes of memory that a process uses; 0 where that is not known. */
static inline uint64_t localcode_memory(pid_t pid) {
    struct rusage_info_v2 usage;
    if (proc_pid_rusage(pid, RUSAGE_INFO_V2, (rusage_info_t *)&usage) != 0) return 0;
    return usage.ri_phys_footprint > usage.ri_resident_size ? usage.ri_phys_footprint : usage.ri_resident_size;
}
#endif

#endif
