# PigeonStargram: `make run` and `make test` are the two commands; `make help` lists the others.

PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= var/
export PORT HOST DATA

BIN := .venv/bin
PO := $(wildcard pigeon/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run build dev system mongo-servers test test-fast test-pythons check structure rolling chaos load bench bench-reference bench-quick

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make run takes PORT=$(PORT) HOST=$(HOST) DATA=$(DATA) and, for more processes,"
	@echo "  WEB= REALTIME= (apart, for nginx in front) and WORKER_FANOUT= WORKER_FANOUT_BULK="
	@echo "  WORKER_NOTIFY= WORKER_MEDIA= WORKER_MAIL= WORKER_DEFAULT=; DEMO=off starts empty."
	@echo "  MONGO=on keeps messages in a server of MongoDB's wire, to try that home."

run: build ## Start the whole site on this machine
	@[ "$(MONGO)" != on ] || .ci/mongo-servers secantusdb
	@exec $(BIN)/python -m pigeon.processes

build: .venv/requirements.txt $(MO) ## Make .venv, install what is pinned, compile translations

# The stamp of an installation is a copy of what was installed: a changed file is installed again.
.venv/requirements.txt: requirements.txt | $(BIN)/pip
	@cmp -s $< $@ || { echo "Installing requirements.txt (about half a minute) ..."; $(INSTALL) -r $<; }
	@cp $< $@

.venv/requirements-dev.txt: requirements-dev.txt .venv/requirements.txt
	@cmp -s $< $@ || { echo "Installing requirements-dev.txt ..."; $(INSTALL) -r $<; }
	@cp $< $@

$(BIN)/pip:
	@.ci/venv

%.mo: %.po | .venv/requirements.txt
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

dev: build .venv/requirements-dev.txt ## Install what tests and checks need, too

system:
	@.ci/system-packages

# Where one cannot be installed its tests are skipped, and say so.
mongo-servers: dev
	@.ci/mongo-servers secantusdb nx-27017 || true

# What failed is looked at once more, alone: see tests/harness/second_look.py.
test: dev system mongo-servers ## Run all tests, on real services (some 40 minutes on two cores)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --second-look --times $(TESTS)

# Without browser, groups of processes, MariaDB, measurements, and what takes long by itself.
FAST := -n 2 --dist loadgroup -m \
    "not (browser or processes or mariadb or bench or slow or chaos)"

test-fast: dev ## Run what is quick, in under 3 minutes, for every save
	$(BIN)/python -m pytest $(FAST) --times $(TESTS)

test-pythons: dev ## Run the quick tests on every Python from 3.11 to 3.14 that starts here
	$(BIN)/python -m tests.harness.pythons $(FAST) $(TESTS)

check: dev ## Lint, types and layers: Python, scripts, templates; under a minute
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/oxlint --quiet --config .ci/scripts/oxlint.json pigeon/static/js
	.ci/check-types-of-scripts

structure: dev ## Print figures of the code's shape; REV=<commit> beside those of a commit
	@$(BIN)/python -m tests.harness.structure $(REV)

chaos: dev system mongo-servers ## Kill, stop and cut processes for a long time
	$(BIN)/python -m pytest -m chaos --timeout 3600 tests/chaos

rolling: export RELEASE_BEFORE := $(REV)
rolling: export ROLLING_ANSWERS ?= 10000
rolling: dev system ## Serve 10,000 answers in the middle of an upgrade; REV=<commit> to begin with
	$(BIN)/python -m pytest -s tests/processes/test_rolling_deploy.py

load: dev ## Put the mix of many people on the Procfile's processes
	$(BIN)/python -m bench.load

# What an earlier run measured at this commit is not measured again, but for the TABLE asked for.
bench: dev system mongo-servers ## Make docs/v1-v2.md, the seven tables; TABLE=3 measures one of them
	$(BIN)/python -m bench.tables $(if $(TABLE),--table $(TABLE))

bench-reference: dev system mongo-servers ## Measure everything, goals beside it, into var/bench
	$(BIN)/python -m bench

bench-quick: dev ## Try measurements on SQLite; TABLE=3 tries one of the seven tables
	$(BIN)/python -m $(if $(TABLE),bench.tables --quick --table $(TABLE),bench --quick)
