# On a fresh Debian with Python 3.11 or newer and make, each target does all its own set-up.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Two processes share the cores; threads of the arithmetic on top of that only get in each other's way.
export OPENBLAS_NUM_THREADS := 1

.PHONY: help install demo test lint bench lock chromium pango clean

help:
	@echo "make demo [PORT=8000]   a demo organisation to click through, in ./data"
	@echo "make test               linter, types and every test, in the browser too"
	@echo "make bench              scans per second, page times, page weights, and what a release gives away"
	@echo "make install | lint | lock | clean"

install: .venv/.installed

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || sh .ci/install-venv $(PYTHON)

.venv/.installed: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: install
	$(BIN)/zelfscan demo --port $(PORT)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

chromium: .venv/.installed-dev
	@sh .ci/install-chromium $(BIN)/playwright

pango: .venv/.installed-dev
	@sh .ci/install-pango $(BIN)/python

test: lint chromium pango
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup $(ARGS)

bench: .venv/.installed-dev
	$(BIN)/python -m tests.bench $(ARGS); scans=$$?; $(BIN)/python -m tests.bench.disclosure && exit $$scans

lock: .venv/.installed-dev
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv data .pytest_cache .mypy_cache .ruff_cache .hypothesis
