# Every target that people and CI run. `make help` prints the ## lines.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QUADRILLE := $(BIN)/quadrille
STAMP := $(VENV)/.installed
# Tests without servers use both cores. Live tests come after them, alone: a platform is many processes, and they measure time.
PYTEST := $(BIN)/python -m pytest -q --durations=20
PYTEST_BESIDE := $(PYTEST) -n 2 --dist loadscope --no-loadscope-reorder --max-worker-restart 0
define run-tests
failed=0; \
$(PYTEST_BESIDE) tests -m "not live$(1)" || failed=1; \
$(PYTEST) tests -m "live$(1)" || failed=1; \
exit $$failed
endef

.PHONY: help setup lock generate bench fuzz check-compat docs apply up down status demo test test-all test-faults test-fast test-languages simulate soak check clean-data

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements/all.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Quadrille needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Run: make PYTHON=python3.12 <target>"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) from requirements/all.txt (about a minute, once)"
	@rm -f $(STAMP); test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on --require-hashes -r requirements/all.txt
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $(STAMP)

setup: $(STAMP) ## Make the environment in .venv (every other target does it when needed).

lock: setup ## Pin the dependencies again, with hashes (needs uv).
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra services pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements/runtime.txt --extra services --extra local --extra dev pyproject.toml -o requirements/all.txt

generate: setup ## Generate the packages of all languages, the vectors, the pages of settings and metrics, and the README's picture.
	@$(BIN)/python -m codegen
	@$(BIN)/python -m cli.settings_page
	@$(QUADRILLE) metrics > docs/metrics.md
	@$(QUADRILLE) flow --into README.md

check-compat: setup ## Lint the schemas and compare them with every released version.
	@$(QUADRILLE) schemas check

docs: setup ## Write events, topics and APIs as pages, to build/docs (`quadrille schemas docs --open` shows them).
	@$(QUADRILLE) schemas docs

up: setup ## Start servers and services (INSTANCES=2 for two of each service).
	@$(if $(INSTANCES),QUADRILLE_INSTANCES=$(INSTANCES)) $(QUADRILLE) up

apply: setup ## Create topics and register schemas (`make up` does it too).
	@$(QUADRILLE) apply

down: setup ## Stop what `make up` started.
	@$(QUADRILLE) down

status: setup ## Show servers and services.
	@$(QUADRILLE) status

demo: setup ## Start everything, place 15,000 real orders, show what became of them, stop.
	@$(QUADRILLE) demo

test: setup ## The tests of a change, on real servers that the tests start: all but the daily ones.
	@$(call run-tests, and not daily)

test-all: setup ## All tests, those that once a day is enough for too.
	@$(call run-tests)

test-faults: setup ## Break processes, servers, network, topics, disk, clocks, databases and providers under load (ROUNDS=1|3|all, SEED=).
	@QUADRILLE_FAULT_ROUNDS=$(or $(ROUNDS),1) QUADRILLE_FAULT_SEED=$(SEED) $(BIN)/python -m pytest tests/live/faults tests/live/failures tests/live/remote_providers tests/live/recovery

test-fast: setup ## The quick tests, in less than a minute: no server, no other language, no large data.
	@$(BIN)/python -m pytest tests -m "not live and not interop and not slow" -q -n 2

test-languages: setup ## Hold Go, Java and TypeScript to the vectors, and to a live order.
	@$(BIN)/python -m pytest tests/interop/test_vectors.py tests/interop/test_live.py

simulate: setup ## Replay a simulated run, with its trace: SEED=<number>, or SCENARIO='<what a failure printed>'.
	@$(BIN)/python -m tests.simulation $(if $(SCENARIO),--scenario '$(SCENARIO)',--seed $(or $(SEED),0))

soak: setup ## Simulate one seed after another, for SECONDS=<number> (60).
	@$(BIN)/python -m tests.simulation --seconds $(or $(SECONDS),60)

fuzz: setup ## Fuzz what reads records and requests, guided by coverage, for SECONDS=<number> (600).
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),600)

bench: setup ## Measure against bare libraries, in one run of about three minutes (LONG=1, BEFORE=<an earlier bench.json>).
	@$(BIN)/python -m bench $(if $(LONG),--long) $(if $(BEFORE),--before $(BEFORE))

check: setup ## Lint, types, import order, fresh generated code, schemas, Compose and workflow files.
	@$(BIN)/ruff check . || { echo "mend with: .venv/bin/ruff check --fix ."; exit 1; }
	@$(BIN)/ruff format --check . || { echo "mend with: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/buf lint proto
	@$(BIN)/python -m codegen --check
	@$(BIN)/python -m cli.settings_page --check
	@$(QUADRILLE) metrics | diff docs/metrics.md - >/dev/null || { echo "docs/metrics.md is not fresh; mend with: make generate"; exit 1; }
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(MAKE) -s check-compat

clean-data: setup ## Delete the local databases, topics and logs.
	@$(QUADRILLE) down
	@rm -rf "$${QUADRILLE_DATA:-.quadrille}"
	@echo "deleted $${QUADRILLE_DATA:-.quadrille}"
