# Needs Python 3.11 or newer and make; everything else is installed from the locks into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS := 120

.PHONY: demo serve test lint format bench locks golden sample clean

demo: .venv/.runtime
	$(BIN)/python -m flows.daily --config data-samples/spaceledger.toml --as-of 2026-10-21

# A Prefect server and a worker for this machine alone; spaceledger.toml, or the demo where there is none.
PORT ?= 4200
serve: .venv/.runtime
	@$(BIN)/python -m flows.serve --port "$(PORT)" $(if $(CONFIG),--config "$(CONFIG)")

test: .venv/.dev
	$(BIN)/pytest -n 2 --dist worksteal

lint: .venv/.dev
	$(BIN)/ruff format --check src flows tests bench hatch_build.py
	$(BIN)/ruff check src flows tests bench hatch_build.py
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint sql --disable-progress-bar

format: .venv/.dev
	$(BIN)/ruff check --fix src flows tests bench hatch_build.py
	$(BIN)/ruff format src flows tests bench hatch_build.py

bench: .venv/.bench
	$(BIN)/python -m bench

golden: .venv/.dev
	$(BIN)/pytest tests/golden --regenerate

sample: .venv/.runtime
	$(BIN)/spaceledger sample --out data-samples

# Hashes and no addresses: uv reads the index it is configured with, and writes none of it down.
UV_COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml --group build
locks: .venv/bin/python
	$(BIN)/python -m pip install -q uv
	$(UV_COMPILE) -o requirements.lock
	$(UV_COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) --group bench -c requirements.lock -o requirements-bench.lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("spaceledger needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

# The dev and bench locks hold the runtime too, so either also serves the demo.
INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check
.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing the locked requirements into .venv (about a minute)"
	@$(INSTALL) --require-hashes --no-deps -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "installing the locked development requirements into .venv (about a minute)"
	@$(INSTALL) --require-hashes --no-deps -r requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ .venv/.runtime

.venv/.bench: requirements-bench.lock pyproject.toml | .venv/bin/python
	@echo "installing the locked benchmark requirements into .venv (about a minute)"
	@$(INSTALL) --require-hashes --no-deps -r requirements-bench.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .prefect demo
