# One command each; `make help` lists them. Everything below needs only Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help install dev lock extras serve example format check lint types imports test soak kills clients docs bench bench-peers clean

# A stamp says that the environment is whole. It counts no longer when the folder was moved or the Python
# below it was removed: both leave an environment that looks made and does not run.
STALE := $(shell test -x $(BIN)/python && test "$$(cat $(VENV)/.place)" = "$(CURDIR)" \
	|| rm -f $(VENV)/.installed $(VENV)/.extended $(VENV)/.developed)

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

$(VENV)/.installed: requirements.lock pyproject.toml
	@sh deploy/fill-venv.sh "$(PYTHON)" $(VENV) requirements.lock
	@touch $@

# Each lock contains the one above it, so installing it satisfies both.
$(VENV)/.extended: requirements-extras.lock requirements.lock pyproject.toml
	@sh deploy/fill-venv.sh "$(PYTHON)" $(VENV) requirements-extras.lock
	@touch $(VENV)/.installed $@

$(VENV)/.developed: requirements-dev.lock requirements-extras.lock requirements.lock pyproject.toml
	@sh deploy/fill-venv.sh "$(PYTHON)" $(VENV) requirements-dev.lock
	@touch $(VENV)/.installed $(VENV)/.extended $@

install: $(VENV)/.installed  ## make the environment that runs the gateway (PYTHON=... to choose one)

extras: $(VENV)/.extended  ## add what is optional: semantic cache, MCP tools, traces, AWS credentials

dev: $(VENV)/.developed  ## make the environment that tests it

serve: install  ## run the gateway (ARGS="--port 4000" for options)
	@exec $(BIN)/signalbox serve $(ARGS)

example: install  ## an agent under rules: the order desk of examples/refund-desk, with the gateway
	@$(BIN)/python examples/refund-desk/desk.py & desk=$$!; trap "kill $$desk" EXIT INT TERM; \
	$(BIN)/signalbox serve --config examples/refund-desk/signalbox.yaml $(ARGS)

format: dev  ## put the code in its house form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: dev
	@$(BIN)/mypy

imports: dev
	@$(BIN)/lint-imports

check: lint types imports  ## form, types and the direction of imports

test: dev  ## run every quick test (ARGS="-k money" for some)
	@$(BIN)/python -m pytest -p tests.forking --processes 8 -m "not soak" $(ARGS)

soak: dev  ## run the storms (minutes)
	@$(BIN)/python -m pytest -m soak --timeout 1800 $(ARGS)

kills: dev  ## kill gateways at every point, one setup after another (ARGS="keyed sqlite-3" for some)
	@$(BIN)/python -m tests.journeys.walk $(ARGS)

docs: dev  ## write the tables in the documentation that the code knows better
	@$(BIN)/python -m tests.dialects.table
	@$(BIN)/python -m tests.journeys.matrix

clients: dev  ## try the tools that people use against the gateway (ARGS="--only llm" for one)
	@$(BIN)/python -m tests.clients.run $(ARGS)

bench: dev  ## cost per call beside a bare relay (ARGS=--quick for a glance)
	@$(BIN)/python -m bench $(ARGS)

bench-peers: dev  ## the same for other gateways
	@$(BIN)/python -m bench --peers $(ARGS)

COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate --group build pyproject.toml
EVERY_EXTRA = --extra aws --extra encrypt --extra google --extra mcp --extra otel --extra semantic

lock:  ## resolve the dependencies again (needs uv)
	@$(COMPILE) --extra google -o requirements.lock
	@$(COMPILE) $(EVERY_EXTRA) --constraint requirements.lock -o requirements-extras.lock
	@$(COMPILE) $(EVERY_EXTRA) --constraint requirements-extras.lock --group dev -o requirements-dev.lock

clean:  ## remove the environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
