# shellcheck shell=bash
# What the scripts share: paths, messages, and providing what is missing. Sourced after `set -euo pipefail`.
# Everything here first looks whether there is something to do, so that a machine that has it all needs no network.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # read by the scripts that source this file
data=${XDG_DATA_HOME:-$HOME/.local/share}/localcode

say() { printf '%s\n' "localcode: $*" >&2; }
fail() {
    printf '%s\n' "localcode: error: $*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
on_macos() { [ "$(uname -s)" = Darwin ]; }

# at_least 6.2 6.3.1: whether the second version is the first or newer.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# A directory for unfinished things, on the same file system as the finished ones; gone when the script ends.
make_scratch() {
    mkdir -p "$data" || true
    [ -w "$data" ] || fail "cannot write below $data. HOME or XDG_DATA_HOME can name another place."
    find "$data" -maxdepth 1 -name '.setup.*' -mtime +0 -exec rm -rf {} + # left by a killed run
    scratch=$(mktemp -d "$data/.setup.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# need_room MB WHAT: whether the disk has that much left, where this can be told.
need_room() {
    local free
    free=$(df -Pk "$data" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }' || true)
    [ "${free:-$1}" -ge "$1" ] || fail "$2 needs $1 MB below $data, and $free MB are free."
}

# replace SOURCE TARGET: renames, so that a reader sees the old or the new one and never a part.
replace() { mv -f "$1" "$2"; }

# --- system packages

# need_packages "APT..." "BREW...": installs those that are missing.
need_packages() {
    local missing=() package
    if on_macos; then
        have brew || fail "Homebrew is needed to install: $2. See https://brew.sh, then run this again."
        for package in $2; do
            brew list --formula "$package" >/dev/null 2>&1 || missing+=("$package")
        done
        [ ${#missing[@]} -eq 0 ] && return
        say "installing with Homebrew: ${missing[*]}"
        brew install --quiet "${missing[@]}" >&2 || fail "Homebrew could not install ${missing[*]}; its messages are above."
    elif have dpkg-query && have apt-get; then
        for package in $1; do
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
        done
        [ ${#missing[@]} -eq 0 ] && return
        install_with_apt "${missing[@]}"
    else
        have pkg-config && pkg-config --exists libcurl openssl sqlite3 && return
        fail "this system has no apt-get: install what corresponds to Debian's $1 with its package manager, then run this again."
    fi
}

install_with_apt() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || fail "these packages are missing: $*. As root, run: apt-get install $*"
        as_root=(sudo)
    fi
    say "installing with apt: $*"
    {
        "${as_root[@]}" apt-get update -qq &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
    } >&2 || fail "apt could not install $*; its messages are above. Is there a network, and is the package list in order?"
}

need_build_packages() {
    # macOS comes with SQLite.
    need_packages "libcurl4-openssl-dev libssl-dev libsqlite3-dev pkg-config git ca-certificates" "curl openssl@3 pkg-config"
    if on_macos; then # neither is where pkg-config looks
        PKG_CONFIG_PATH="$(brew --prefix curl)/lib/pkgconfig:$(brew --prefix openssl@3)/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
        export PKG_CONFIG_PATH
    fi
}

# --- Swift

need_swift() {
    local version
    have swift || fail "no Swift toolchain is on the PATH. Install Swift 6.2 or newer from https://www.swift.org/install, then run this again."
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    at_least 6.2 "${version:-0}" ||
        fail "Swift 6.2 or newer is needed, and $(command -v swift) is ${version:-of an unknown version}. Install a newer one from https://www.swift.org/install."
}

# The release binary, self-contained but for the system's libraries.
build_release() {
    local static=()
    on_macos || static=(--static-swift-stdlib)
    say "building (a first build takes some minutes)"
    # Without colours: SwiftPM hands them on to the compiler, and would build everything anew for a terminal and for a pipe.
    swift build --no-color-diagnostics --package-path "$root" -c release -j 2 ${static[@]+"${static[@]}"} --product localcode >&2 ||
        fail "the build failed; the compiler's messages are above."
    binary=$root/.build/release/localcode
    [ -x "$binary" ] || fail "the build left no $binary"
}

# --- Python

# Sets `python` to an interpreter of 3.10 or newer that can make virtual environments.
need_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
            python=$candidate
            return
        fi
    done
    if [ "${1:-}" = again ]; then
        fail "Python 3.10 or newer with its venv module is needed, and none is on the PATH."
    fi
    need_packages "python3 python3-venv" "python"
    need_python again
}

# provide_venv DIRECTORY REQUIREMENTS: a virtual environment with what the file asks for. The copy of the file inside
# is written last: without it the environment is unfinished, with another content it is out of date.
provide_venv() {
    local directory=$1 requirements=$2 done_with=$1/requirements.txt
    if [ -x "$directory/bin/python" ] && cmp -s "$requirements" "$done_with" && "$directory/bin/python" -c ''; then
        return
    fi
    need_python
    rm -rf "$directory"
    need_room 200 "$directory"
    say "installing from PyPI into $directory: $(sed -e 's/[#;].*//' "$requirements" | xargs)"
    mkdir -p "$(dirname "$directory")"
    "$python" -m venv "$directory" >&2 || fail "$python could not make a virtual environment in $directory."
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
        -r "$requirements" >&2 ||
        fail "pip could not install it; its messages are above. It needs a network, and a system that the packages are built for."
    cp "$requirements" "$done_with"
}
