# Everything a developer or CI runs. Each target sets up .venv first, from pinned and hashed versions: Python 3.11 or
# newer, git and make are all that the machine must have. PYTHON=python3.13 chooses the interpreter of a new .venv.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := fixtures/lifeops
EXAMPLES ?= 5000
# Bowler's own tests need it, nothing else does, and it is published as source alone: here only wheels are installed.
WITHOUT_WHEEL := volatile

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help demo test tests-of-fixtures tests-of-parts check faults fuzz browser docs lock corpora scripts bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: $(READY) ## show what the tool would change in the demonstration project; changes nothing
	$(BIN)/lifeops-migrate --dry-run --format rich $(DEMO)

test: check ## check, then run every test: those of whole fixtures beside those of the parts
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target tests-of-fixtures tests-of-parts

tests-of-fixtures: $(READY)
	$(BIN)/python -m pytest tests/test_*.py

tests-of-parts: $(READY)
	$(BIN)/python -m pytest --ignore-glob='tests/test_*.py'

check: $(READY) ## formatting, lint, types and the import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

faults: $(READY) ## the tests that kill the process, fill the disk and interrupt, at every operation and system call
	LIFEOPS_FAULTS=all $(BIN)/python -m pytest tests/apply

fuzz: $(READY) ## generated projects that were never tried before (EXAMPLES=5000 of them)
	LIFEOPS_FUZZ=$(EXAMPLES) $(BIN)/python -m pytest tests/properties

browser: $(READY) ## show the review's page to Chromium (installed with apt where it is missing), pictures into build/browser
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; }
	PICTURES=build/browser $(BIN)/python -m pytest tests/browser

docs: $(READY) ## write the generated pages anew
	$(BIN)/python docs/generate.py

corpora: $(READY) ## migrate the real projects of ../shared/corpora (NAMES="fmn ..."), check what must hold, renew docs/evidence
	$(BIN)/python benchmarks/corpora.py $(NAMES)

scripts: $(READY) ## run Bowler scripts on real projects (NAMES="fmn ..."), beside Bowler itself; changes nothing
	$(BIN)/python benchmarks/bowler_scripts.py $(NAMES)

bench: $(READY) ## measure beside eight other tools (ONLY="rules,scale" some parts alone), renew docs/performance.md
	$(BIN)/python benchmarks/run.py $(if $(ONLY),--only $(ONLY))

lock: $(READY) ## pin the newest versions that fit pyproject.toml, for every Python from 3.11 on
	$(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --group dev --no-build \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--override <(echo "$(WITHOUT_WHEEL) ; python_version < '0'") \
		--output-file requirements-dev.lock pyproject.toml

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed; PYTHON=... names it" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
