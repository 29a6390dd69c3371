# One command each. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install dev lock serve format check lint types imports test soak bench bench-peers clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@sh deploy/make-venv.sh $(PYTHON) $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developed: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed  ## make the environment that runs the gateway

dev: $(VENV)/.developed  ## make the environment that tests it

serve: install  ## run the gateway (ARGS="--port 4000" for options)
	@exec $(BIN)/signalbox serve $(ARGS)

format: dev  ## put the code in its house form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: dev
	@$(BIN)/mypy

imports: dev
	@$(BIN)/lint-imports

check: lint types imports  ## what CI checks before the tests

test: dev  ## run every quick test
	@$(BIN)/python -m pytest -m "not soak" $(ARGS)

soak: dev  ## run the storms (minutes)
	@$(BIN)/python -m pytest -m soak --timeout 1800 $(ARGS)

bench: dev  ## cost per call beside a bare relay
	@$(BIN)/python -m bench $(ARGS)

bench-peers: dev  ## the same for other gateways
	@$(BIN)/python -m bench --peers $(ARGS)

lock:  ## resolve the dependencies again (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group build pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group build --constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock

clean:  ## remove the environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
