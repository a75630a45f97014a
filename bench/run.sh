#!/usr/bin/env bash
# All benchmarks, one after the other. Each prints what it measured beside its named peer; none asserts a time.
set -euo pipefail
cd "$(dirname "$0")/.."
for script in bench/*.py; do
  echo "== $script"
  .venv/bin/python "$script"
done
