#!/bin/sh
# Makes .venv with the pinned packages: `environment.sh run` what a server needs, `environment.sh dev` all.
# Python is found, or named: PYTHON=python3.12. Does nothing when nothing has changed.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
if [ "$kind" = dev ]; then lock=requirements-dev.lock; else lock=requirements.lock; fi

fail() { printf 'Error: %s\n' "$*" >&2; exit 1; }

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 to 3.14"
        echo "$PYTHON"
        return
    fi
    for name in python3.13 python3.12 python3.11 python3.14 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then echo "$name"; return; fi
    done
    fail "Python 3.11 to 3.14 is needed and none was found; name one: make up PYTHON=/path/to/python3.12"
}

make_venv() {
    python=$(find_python)
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif command -v uv >/dev/null 2>&1; then
        uv venv -q --python "$python" .venv
    else
        fail "$python has no venv module: install it (Debian and Ubuntu: apt-get install python3-venv) or uv"
    fi
}

stamp() { cat "$1" pyproject.toml | cksum | tr ' ' -; }

if [ -x .venv/bin/python ] && fits .venv/bin/python; then
    for done_kind in "$kind" dev; do
        if [ "$done_kind" = dev ]; then done_lock=requirements-dev.lock; else done_lock=requirements.lock; fi
        if [ -x .venv/bin/asf ] && [ "$(cat ".venv/installed-$done_kind" 2>/dev/null)" = "$(stamp "$done_lock")" ]
        then exit 0; fi
    done
else
    make_venv
fi

echo "Installing $lock into .venv"
if command -v uv >/dev/null 2>&1; then
    install() { uv pip install -q --python .venv/bin/python "$@"; }
elif .venv/bin/python -m pip --version >/dev/null 2>&1; then
    install() { .venv/bin/python -m pip install -q --disable-pip-version-check "$@"; }
else
    fail ".venv has no pip: remove the folder .venv and try again"
fi
# Wheels only: everything pinned has one, and nothing of others is built or run here.
install --require-hashes --only-binary :all: -r "$lock"
install --no-build-isolation --no-deps -e .
stamp "$lock" > ".venv/installed-$kind"
