#!/bin/sh
# Sees that there is a Chromium for the browser tests; as root on Debian and Ubuntu it is installed.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ -n "${ASF_CHROMIUM:-}" ] && [ -x "$ASF_CHROMIUM" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium for the browser tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
    echo "Error: the browser tests need Chromium: install it (apt-get install chromium), or name one: ASF_CHROMIUM=/path/to/chromium" >&2
    exit 1
fi
