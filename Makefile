# Every target sets up what it needs by itself. PYTHON may name another Python 3.11 or later.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy

.PHONY: help setup setup-dev run demo test test-sqlite test-postgres check messages lock bench faults clean

help:
	@echo "make run     set up, load the sample company, serve on 127.0.0.1:8000"
	@echo "make test    all tests, on SQLite and on PostgreSQL, with Chromium"
	@echo "make check   style, types, room order, templates, translations, migrations"
	@echo "make bench   benchmarks beside named peers"
	@echo "make faults  200 random faults on each database, with 1 and with 4 workers"

setup: .venv/.run
setup-dev: .venv/.dev

.venv/.run: requirements.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh run "$(PYTHON)"

.venv/.dev: requirements-dev.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh dev "$(PYTHON)"

run: setup
	@$(BIN)/python tools/messages.py compile
	@$(BIN)/pilotwerk migrate --quiet
	@$(BIN)/pilotwerk demo --first-start
	@exec $(BIN)/pilotwerk serve

demo: setup
	@$(BIN)/python tools/messages.py compile
	@$(BIN)/pilotwerk migrate --quiet
	@$(BIN)/pilotwerk demo

test: setup-dev
	@bash tools/system.sh
	@$(BIN)/python tools/messages.py compile
	@bash tools/test.sh

check: setup-dev
	@$(BIN)/python tools/messages.py compile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet src/pilotwerk
	$(BIN)/python tools/messages.py check
	$(BIN)/django-admin makemigrations --check --dry-run --settings pilotwerk.project.settings

messages: setup-dev
	$(BIN)/python tools/messages.py update

lock: setup-dev
	$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra dev --extra embeddings --extra spark --extra mssql --extra bedrock --extra tracing --universal --generate-hashes --no-header --no-emit-index-url -o requirements-dev.lock

bench: setup-dev
	@bash bench/run.sh

bench-%: setup-dev
	@$(BIN)/python bench/$*.py

faults: setup-dev
	@$(BIN)/python tools/messages.py compile
	PILOTWERK_FAULTS=200 $(BIN)/python -m pytest tests/faults
	PILOTWERK_FAULTS=200 $(BIN)/python tools/with_postgres.py $(BIN)/python -m pytest tests/faults/test_storm.py tests/faults/test_halt.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +
