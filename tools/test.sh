#!/usr/bin/env bash
# The suite on SQLite with everything, then on PostgreSQL with what depends on the database.
set -euo pipefail
jobs=${PYTEST_JOBS:-2}
echo "== SQLite"
.venv/bin/python -m pytest -n "$jobs" --dist loadgroup "$@"
echo "== PostgreSQL"
exec .venv/bin/python tools/with_postgres.py .venv/bin/python -m pytest -n "$jobs" --dist loadgroup -m "engines or (database and not browser and not realdata and not once)" "$@"
