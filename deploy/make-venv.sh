#!/bin/sh
# Makes the virtual environment VENV with PYTHON, also on Debian and Ubuntu without python3-venv, pip or root.
# Usage: make-venv.sh PYTHON VENV
set -eu
python=$1
venv=$2

say() { echo "signalbox: $*" >&2; }

command -v "$python" >/dev/null || {
    say "'$python' was not found. Install Python 3.11 or newer, or run: make PYTHON=/path/to/python3 …"
    exit 1
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "$("$python" --version 2>&1) is too old, 3.11 or newer is needed. Run: make PYTHON=/path/to/python3.11 …"
    exit 1
}

bare_venv() {
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv"
}

# A pip wheel is a zip file that Python can run: it installs itself.
pip_from_wheel() {
    bare_venv
    "$venv/bin/python" "$1/pip" install --quiet --no-index --no-cache-dir "$1"
}

# Debian keeps pip's wheel in a package of its own. Fetching and unpacking that needs no root and installs
# nothing on the machine; apt checks its signature. The machine's package lists may be missing or old, and
# only root can renew them, so the second try makes lists of its own.
fetch_pip_wheel() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    say "this Python has no ensurepip and no pip: fetching the Debian package python3-pip-whl"
    (
        cd "$1"
        mkdir -p lists/partial cache/archives/partial
        set -- -qq -o APT::Sandbox::User="$(id -un)" -o Dir::Cache="$1/cache"
        apt-get "$@" download python3-pip-whl >apt.log 2>&1 || {
            set -- "$@" -o Dir::State::Lists="$PWD/lists"
            apt-get "$@" update >apt.log 2>&1 && apt-get "$@" download python3-pip-whl >>apt.log 2>&1
        } || { cat apt.log >&2; exit 1; }
        dpkg-deb -x python3-pip-whl_*.deb unpacked
    )
}

if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    rm -rf "$venv"
    "$python" -m venv "$venv"
    exit
fi
for wheel in /usr/share/python-wheels/pip-*.whl; do
    if [ -e "$wheel" ]; then pip_from_wheel "$wheel"; exit; fi
done
if "$python" -m pip --version >/dev/null 2>&1; then
    bare_venv
    "$python" -m pip --python "$venv/bin/python" install --quiet pip
    exit
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
if fetch_pip_wheel "$scratch"; then
    pip_from_wheel "$(echo "$scratch"/unpacked/usr/share/python-wheels/pip-*.whl)"
    exit
fi
say "this Python has neither ensurepip nor pip, and pip could not be fetched."
say "Ask an administrator for: apt-get install python3-venv    (then run make again)"
exit 1
