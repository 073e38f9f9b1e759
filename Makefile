# Both targets do all their own set-up on a machine with Python 3.11 or later and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint types install clean

run: .venv/run
	@$(BIN)/onrecord run

# Two processes: many tests wait for servers, and of those two run at once. Files stay whole.
test: lint types
	@$(BIN)/pytest -n 2 --dist loadfile

lint: .venv/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/dev
	@$(BIN)/mypy

install: .venv/run

# The stamps: re-made when pyproject.toml changes, so that an upgrade installs what it needs.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onrecord needs Python 3.11 or later: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python pyproject.toml
	@echo "installing onrecord into .venv (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/dev: .venv/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
