#!/bin/sh
# Makes the virtual environment at $2 with the Python at $1, also where Debian's python3-venv is not installed.
set -eu
python=$1
venv=$2

command -v "$python" >/dev/null || { echo "signalbox: '$python' was not found. Install Python 3.11 or newer, or run: make PYTHON=/path/to/python3 …" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "signalbox: $("$python" --version) is too old, 3.11 or newer is needed. Run: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }

if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    exec "$python" -m venv "$venv"
fi

# Debian splits ensurepip from Python. An installed pip can fill the environment from outside; else fetch the package.
if "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --without-pip "$venv"
    exec "$python" -m pip --python "$venv/bin/python" install --quiet pip
fi
if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null; then as_root=sudo; else as_root=none; fi
if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    echo "signalbox: installing python3-venv, which Debian keeps apart from Python" >&2
    $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    exec "$python" -m venv "$venv"
fi
echo "signalbox: this Python has neither ensurepip nor pip. Install the package python3-venv, then run make again." >&2
exit 1
