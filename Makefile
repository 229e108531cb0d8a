# make up      everything from a fresh clone: environment, UI, database, server at http://127.0.0.1:8000
# make test    everything CI runs
# make property  the laws of reruns, with 5,000 families of runs; about half an hour
# make fleet     a batch of 5,000 reruns on two workers, one of which is killed every two seconds
# make smooth    pages with thousands of rows, steps and reruns: no task over 200 ms; best on a quiet machine
# make check   the inner loop, under a minute: lint, types, layers, quick tests
# Works with GNU Make 3.81. Node and Python: see tools/node.sh and tools/environment.sh.

SHELL := /bin/sh
BIN := .venv/bin
QUICK_TESTS := tests/skills tests/planner tests/property --ignore=tests/property/test_rerun_laws.py tests/test_repository.py \
    tests/storage/test_database.py tests/cli/test_cli_values.py
# A file in one process, and no more processes than cores: they measure, kill processes or drive a browser.
HEAVY_TESTS := tests/acceptance tests/browser
# A Postgres of the machine's own, where there is one: the storage tests run on it as well.
OLDER_POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin))

.DEFAULT_GOAL := help
.PHONY: help up setup dev ui test property fleet smooth check lint bench wheel openapi schema lock pictures states clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup:
	@sh tools/environment.sh run

dev:
	@sh tools/environment.sh dev

ui: setup
	@sh tools/node.sh build

up: setup ui
	@ASF_SKILLS="$${ASF_SKILLS:-$(CURDIR)/examples/skills}" \
	    exec $(BIN)/python examples/services/background_check.py --port 0 -- $(BIN)/asf serve

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	sh tools/check_generated.sh quick
	ASF_RERUN_EXAMPLES=25 $(BIN)/pytest -n 2 $(QUICK_TESTS)

test: lint ui
	sh tools/chromium.sh
	sh tools/check_generated.sh
	sh tools/node.sh npm run --silent lint
	sh tools/node.sh npm test --silent
	$(BIN)/pytest -n 4 $(foreach folder,$(HEAVY_TESTS),--ignore=$(folder))
	$(BIN)/pytest -n 2 --dist loadfile -m 'not smooth' $(HEAVY_TESTS)
	@for bin in $(OLDER_POSTGRES); do echo "storage on $$bin"; ASF_TEST_POSTGRES_BIN=$$bin \
	    $(BIN)/pytest -n 2 tests/storage --ignore=tests/storage/test_embedded.py || exit 1; done
	test -x .local/peers/bin/python || $(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/engine.py --small --assert-ratios --tries 3
	$(BIN)/python benchmarks/batches.py --small --assert-limits

property: dev
	ASF_RERUN_EXAMPLES=5000 $(BIN)/pytest -n 2 tests/property/test_rerun_laws.py

fleet: dev
	ASF_BATCH_ITEMS=5000 $(BIN)/pytest tests/acceptance/test_batch_kill.py

smooth: dev ui
	sh tools/chromium.sh
	$(BIN)/pytest -m smooth tests/browser

bench: dev
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/reruns.py
	$(BIN)/python benchmarks/batches.py --assert-limits
	$(BIN)/python benchmarks/million.py

wheel: dev ui
	rm -rf dist
	$(BIN)/python -m hatchling build -t wheel

openapi: dev
	$(BIN)/python tools/dump_openapi.py
	sh tools/node.sh npm run --silent types

schema: dev
	$(BIN)/python tools/dump_schema.py

pictures: dev ui
	$(BIN)/python -m tools.take_pictures

# Every state of every page that the browser tests come by, wide and small, light and dark.
states: dev ui
	ASF_SCREENSHOTS="$(CURDIR)/.local/states" $(BIN)/pytest tests/browser

# Pins the newest versions that pyproject.toml allows; needs uv. No addresses of registries are written.
LOCK := uv pip compile -q --upgrade --universal --generate-hashes --no-header --no-annotate --python-version 3.11
lock:
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group pyproject.toml:node -o requirements-node.lock

clean:
	rm -rf .venv admin-ui/node_modules src/agentskills/ui dist
