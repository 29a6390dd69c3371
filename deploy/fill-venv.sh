#!/bin/sh
# Makes VENV hold what LOCK names, hash by hash, and this project itself; making VENV first where it must.
# Usage: fill-venv.sh PYTHON VENV LOCK
set -eu
python=$1
venv=$2
lock=$3
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
log=$venv/pip.log
# What is compiled here keeps the lines of a traceback and not their columns: 0.6 MB less in each process.
export PYTHONNODEBUGRANGES=1

say() { echo "signalbox: $*" >&2; }

# An environment knows its own path, and pip can take a half-copied package for a whole one: so one that was
# moved, or whose filling was interrupted, is made again. pip's cache makes that quick.
if [ ! -x "$venv/bin/python" ] || [ "$(cat "$venv/.place" 2>/dev/null)" != "$home" ] || [ -e "$venv/.filling" ]; then
    say "making the environment $venv"
    sh "$home/deploy/make-venv.sh" "$python" "$venv"
    echo "$home" >"$venv/.place"
fi
: >"$venv/.filling"

pip_install() {
    PYTHONUNBUFFERED=1 "$venv/bin/python" -m pip --disable-pip-version-check install --progress-bar off "$@" 2>&1
}

# A terminal sees one line that counts; a log file sees a line for every tenth package.
if [ -t 2 ]; then line_end='\033[K\r' every=1; else line_end='\n' every=10; fi
total=$(grep -c '^[a-z0-9].*==' "$home/$lock")

# A plain shell's pipe loses pip's exit status, so success leaves a file.
rm -f "$venv/.filled"
{
    pip_install --require-hashes -r "$home/$lock" &&
        pip_install --no-index --no-deps --no-build-isolation --editable "$home" &&
        : >"$venv/.filled"
} | awk -v log_file="$log" -v lock="$lock" -v total="$total" -v every="$every" -v line_end="$line_end" '
    { print > log_file }
    /^Collecting / && ++seen % every == 0 { printf "signalbox: %s: %d of %d packages" line_end, lock, seen, total }
    /^Installing collected packages: .*,/ { print "signalbox: " lock ": all packages are here, installing" }
    { fflush() }
' >&2

if [ ! -e "$venv/.filled" ]; then
    tail -n 15 "$log" >&2
    say "installing $lock failed: the end of $log is above. Once the cause is gone, run make again."
    exit 1
fi

# Where the shell forbids Python to keep what it compiles, each start would compile this project again.
for package in "$home"/*/__init__.py; do
    [ ! -e "$package" ] || "$venv/bin/python" -m compileall -q "${package%/*}" || true
done
# What is kept of the public price list, which the first start would else read for a second.
[ ! -e "$home/ledger/public_prices.py" ] ||
    "$venv/bin/python" -c 'from ledger.public_prices import public_prices; public_prices()' || true
rm -f "$venv/.filling" "$venv/.filled"
