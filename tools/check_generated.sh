#!/bin/sh
# Fails where something that is generated is not what its source says now; `quick` leaves out what needs Node.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python tools/dump_openapi.py --check
.venv/bin/python tools/dump_schema.py --check
if [ "${1:-}" != quick ]; then
    sh tools/node.sh npm run --silent types:check
fi
