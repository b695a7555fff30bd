#!/bin/sh
# Resolves pyproject.toml anew into requirements.lock (needs uv): `sh scripts/lock.sh`.
# The lock serves every Python from 3.11 on and every platform, and names no host.
set -eu
cd "$(dirname "$0")/.."
uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate \
  pyproject.toml -o requirements.lock "$@"
