#!/usr/bin/env bash
# Make .venv fit the lock file: seconds when nothing changed. Called by the Makefile.
set -euo pipefail
kind=$1 python=$2
[ -n "$python" ] || { echo "Python 3.11 or later is needed; none was found." >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $python is older. Set PYTHON=..." >&2; exit 1; }
lock=requirements.lock; [ "$kind" = dev ] && lock=requirements-dev.lock
# A developer's environment is never thinned out to the smaller one.
[ "$kind" = run ] && [ -e .venv/.dev ] && [ .venv/.dev -nt requirements-dev.lock ] && lock=requirements-dev.lock
[ -x .venv/bin/python ] || "$python" -m venv .venv
# uv comes first, at the version of the lock file, with its hashes.
if ! [ -x .venv/bin/uv ]; then
  awk '/^uv==/{on=1} on{print} on&&!/\\$/{exit}' requirements-dev.lock > .venv/uv.lock.txt
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock.txt
fi
# The index is briefly inconsistent now and then: up to three times.
for attempt in 1 2 3; do
  if .venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode "$lock"; then break; fi
  [ "$attempt" = 3 ] && { echo "The packages of $lock could not be installed." >&2; exit 1; }
  sleep $((attempt * 5))
done
# Sync takes out what the lock does not name, uv itself included when it is not a developer's tool; keep it.
if ! [ -x .venv/bin/uv ]; then .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock.txt; fi
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
echo "$PWD/src" > "$site/pilotwerk.pth"
cat > .venv/bin/pilotwerk <<SCRIPT
#!/usr/bin/env bash
exec "$PWD/.venv/bin/python" -m pilotwerk.cli.main "\$@"
SCRIPT
chmod +x .venv/bin/pilotwerk
touch ".venv/.$kind"
[ "$lock" = requirements-dev.lock ] && touch .venv/.dev .venv/.run
exit 0
