# Everything a contributor types. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements/dev.lock

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint check docs lock

help:  ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: .venv/.ready  ## make .venv from requirements/*.lock

# pip checks each hash; the stamp makes a second call a no-op until a lock or pyproject.toml changes
.venv/.ready: $(LOCK) pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tunegate needs Python 3.11 or newer: make PYTHON=python3.12 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## a local GitHub with three pull requests, reviewed while you watch
	@$(BIN)/tunegate demo

run: setup  ## the service, configured by the environment
	@$(BIN)/tunegate serve

test: setup  ## all tests; the last line is pytest's summary
	@$(BIN)/python -m pytest

lint: setup  ## ruff, mypy --strict, import-linter, generated pages fresh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/tunegate docs --check

check: lint test  ## what must be green before a commit

docs: setup  ## write the generated pages anew
	@$(BIN)/tunegate docs
	@$(BIN)/python examples/reasons.py --page

lock: setup  ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/run.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/dev.lock
