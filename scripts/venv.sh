#!/bin/sh
# Builds .venv from requirements.lock with the first suitable Python. `PYTHON=...` chooses another.
set -eu
cd "$(dirname "$0")/.."

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

found=""
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
  if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
    found=$candidate
    break
  fi
done
if [ -z "$found" ]; then
  echo "This project needs Python 3.11 or newer. Looked for: ${PYTHON:-python3, python3.11 to python3.14, python}." >&2
  echo "Found: $(python3 --version 2>&1 || echo 'no python3'). Install a newer Python, or run: make PYTHON=/path/to/python3.11 ..." >&2
  exit 1
fi
if ! "$found" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "$("$found" --version) has no venv module (Debian and Ubuntu ship it apart)." >&2
  echo "Install it, for example: sudo apt-get install python3-venv. Then run make again." >&2
  exit 1
fi

echo "Building .venv with $("$found" --version) from requirements.lock (a minute or two, once)"
rm -rf .venv
"$found" -m venv .venv
pip=".venv/bin/python -m pip -qq --disable-pip-version-check"
export VIRTUAL_ENV="$PWD/.venv"

# uv installs the same lock many times as fast: the one on the path, or that of the lock.
uv=$(command -v uv) || { $pip install "$(grep '^uv==' requirements.lock)" 2>/dev/null && uv=.venv/bin/uv; } || uv=""
install() {
  if [ -n "$uv" ]; then "$uv" pip install -q "$@"; else $pip install "$@"; fi
}
install -r requirements.lock || { uv="" && install -r requirements.lock; }
# hatchling is in the lock: no build isolation, so nothing comes from outside the lock.
install --no-deps --no-build-isolation -e .
$pip check
touch .venv/built
