"""Runs a program on a pseudo terminal: `terminal.py PROGRAM ARGUMENT…`, with a script on standard input.

The script is a JSON array of steps: {"wait": TEXT} reads until the program has written TEXT since the last wait,
{"send": TEXT} types it, {"signal": NUMBER} sends a signal to the program alone. After the last step the program is
expected to end. On standard output comes one JSON object: "screen", all that was written; "status", the exit status,
negative for a signal; "restored", whether the terminal's settings are what they were before.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

steps = json.load(sys.stdin)
parent, terminal = pty.openpty()
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before = termios.tcgetattr(terminal)

child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(terminal, descriptor)
    os.closerange(3, 64)
    os.execv(sys.argv[1], sys.argv[1:])

screen = b""
seen = 0


def read():
    """Reads what there is. `terminal` stays open here, so that its settings can be looked at afterwards."""
    global screen
    screen += os.read(parent, 65536)


for step in steps:
    if "wait" in step:
        text = step["wait"].encode()
        while (found := screen.find(text, seen)) < 0:
            if select.select([parent], [], [], 0.1)[0]:
                read()
            elif os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                sys.exit(f"the program ended before it wrote {step['wait']!r}:\n{screen.decode(errors='replace')}")
        seen = found + len(text)
    elif "send" in step:
        os.write(parent, step["send"].encode())
    else:
        os.kill(child, step["signal"])

_, status = os.waitpid(child, 0)
os.set_blocking(parent, False)
try:
    while True:
        read()
except BlockingIOError:
    pass
json.dump(
    {
        "screen": screen.decode(errors="replace"),
        "status": os.waitstatus_to_exitcode(status),
        "restored": termios.tcgetattr(terminal) == before,
    },
    sys.stdout,
)
