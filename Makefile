# Everything a contributor runs. The Python package "environment" does the work behind
# setup, demo, test and clean; it needs nothing but Python 3.11.

HOST_PYTHON ?= python3
PYTHON := .venv/bin/python
ENVIRONMENT := $(HOST_PYTHON) -m environment
WITH_BUILD_INPUTS := $(ENVIRONMENT) run --
STACK := stacks/task-tracker
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" --python-version 3.11

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup environment status demo test check lint format types imports unit contract \
	crash e2e docs bench fresh gen new-rule site lock clean

##@ Start
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv as locked, with this package in it
	@$(ENVIRONMENT) up --only-venv

environment: ## engine, base images and .venv, whatever is lacking
	@$(ENVIRONMENT) up

status: ## show what this machine has
	@$(ENVIRONMENT) status

demo: environment ## deploy the reference stack under load (options: DEMO_ARGS)
	@$(WITH_BUILD_INPUTS) $(PYTHON) $(STACK)/demo $(DEMO_ARGS)

##@ Check
test: environment ## everything CI runs, with a summary
	@$(PYTHON) -m environment.suite

check: setup ## what needs no container: lint, types, imports, unit, rules
	@$(PYTHON) -m environment.suite lint types imports unit rules

lint: setup ## ruff and codespell
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/codespell

format: setup ## let ruff mend what it can
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

types: setup ## mypy, strict
	.venv/bin/mypy

imports: setup ## the directions between packages
	.venv/bin/lint-imports

##@ Test layers (options: PYTEST_ARGS)
unit: setup ## pure functions, no container
	$(PYTHON) -m pytest --numprocesses=2 tests/unit $(PYTEST_ARGS)

# Nobody has to build an API server: pytest tells how many tests were left out without one.
WITHOUT_CLUSTER = $(if $(wildcard .environment/tools/kubernetes/etcd),,-m "not kubernetes")

contract crash docs e2e: environment
	$(WITH_BUILD_INPUTS) $(PYTHON) -m pytest tests/$@ $(WITHOUT_CLUSTER) $(PYTEST_ARGS)

contract: ## each adapter against the real thing
crash: ## a deploy interrupted at every step
docs: ## every documented command, run
e2e: ## the reference stack, story by story

BENCH ?= audit rollback scale jobs alternate peers flips verdict
bench: environment ## measure, with a peer in each run (options: BENCH)
	@for one in $(BENCH); do \
		printf '\n== %s ==\n' "$$one"; \
		$(WITH_BUILD_INPUTS) $(PYTHON) benchmarks/$$one.py || exit 1; \
	done

fresh: environment ## the environment itself on bare Debian 12 and 13 (four minutes)
	@$(PYTHON) -m environment.fresh

##@ Maintain
gen: setup ## renew the reference pages, which are made from the code
	$(PYTHON) -m tools.reference

new-rule: setup ## begin a rule of the audit (CATEGORY=proxy SLUG=no_such_thing)
	@$(PYTHON) -m tools.new_rule "$(CATEGORY)" "$(SLUG)"

site: setup ## the documentation as a website, in site/
	.venv/bin/zensical build --strict

lock: setup ## renew the lock files
	$(COMPILE) pyproject.toml --output-file requirements/run.txt
	$(COMPILE) pyproject.toml requirements/dev.in --output-file requirements/dev.txt

clean: ## remove what this project made on this machine, nothing else
	@$(ENVIRONMENT) clean
