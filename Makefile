# What a developer types. Every target makes its own virtual environment when there is none.
#   make demo ARGS="--reset --port 8001"      PYTHON=python3.13 make test      make test ARGS="-k mailbox"

.PHONY: help demo docs messages test check lint format types contracts templates migrations inventory test-browser test-services test-mariadb faults bench
.DEFAULT_GOAL := help

# Another interpreter gets an environment of its own, unless VENV says otherwise.
ifdef PYTHON
VENV ?= .venv-$(notdir $(PYTHON))
endif
VENV ?= .venv
ARGS ?=
MARIADB_ARGS ?= $(ARGS)

new_enough = -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
find_python = for python in $(or $(PYTHON),python3 python3.11 python3.12 python3.13); do \
	"$$python" $(new_enough) && { echo "$$python"; exit; }; done
python = $(or $(shell $(find_python)),$(error Python 3.11 or newer is needed: install it or name it, PYTHON=/path/to/python3.11 make …))
bin = $(VENV)/bin

TEST_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/change_tracker
TEST_REDIS_URL ?= redis://127.0.0.1:6379/0
BENCH_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/change_tracker_bench
TEST_MARIADB_URL ?= mysql://root@127.0.0.1:3306/change_tracker

# One stamp per choice of dependency groups; a changed pyproject.toml installs again.
$(VENV)/.installed-%: pyproject.toml
	@$(python) project/bootstrap.py $(VENV) $(subst -, ,$*)
	@touch $@

driver = $(if $(filter postgres%,$(DATABASE_URL)),-postgres)$(if $(filter mysql%,$(DATABASE_URL)),-mariadb)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

demo: $(VENV)/.installed-demo$(driver)  ## the demonstration intranet, with worker and beat; Ctrl-C stops it
	@$(bin)/python -m project.demo $(ARGS)

test: $(VENV)/.installed-dev  ## the tests that need no server, on SQLite
	@env -u DATABASE_URL -u REDIS_URL $(bin)/python -m pytest -n auto $(ARGS)

check: lint format types contracts templates migrations inventory  ## style, types, contracts, templates, migrations, length of files, personal data

lint: $(VENV)/.installed-dev
	@$(bin)/python -m ruff check .

format: $(VENV)/.installed-dev
	@$(bin)/python -m ruff format --check .

types: $(VENV)/.installed-dev
	@$(bin)/python -m mypy change_tracker project tests benchmarks

contracts: $(VENV)/.installed-dev
	@$(bin)/lint-imports --no-logo

templates: $(VENV)/.installed-dev
	@$(bin)/djlint --lint --check templates change_tracker/templates

migrations: $(VENV)/.installed-dev
	@DATABASE_URL=sqlite://:memory: $(bin)/python manage.py makemigrations --check --dry-run

inventory: $(VENV)/.installed-dev
	@env -u DATABASE_URL -u REDIS_URL $(bin)/python -m pytest -q \
		tests/contracts/test_structure.py tests/contracts/test_personal_data.py

docs: $(VENV)/.installed-docs  ## the documentation, as pages in docs/_build; a warning is an error
	@$(bin)/python -m sphinx --quiet --fail-on-warning --keep-going --jobs auto docs docs/_build
	@echo "Open docs/_build/index.html"

messages: $(VENV)/.installed-dev  ## German catalogues: new texts in, old ones out, compiled (needs GNU gettext)
	@DATABASE_URL=sqlite://:memory: $(bin)/python manage.py makemessages

test-browser: $(VENV)/.installed-dev-browser node_modules/ical.js  ## every page in Chromium: axe, widths, languages, keyboard, hosts
	@env -u DATABASE_URL -u REDIS_URL CHANGE_TRACKER_BROWSER=1 $(bin)/python -m pytest \
		-m browser -n auto $(ARGS)

# The HTML validator, and a reader of calendars. Without npm the tests that need them are left out,
# and a run with CI=true ends.
node_modules/ical.js:
	@if command -v npm >/dev/null; then \
		npm install --prefix . --silent --no-save --no-package-lock --no-audit --no-fund vnu-jar@26 ical.js@2; fi

test-services: $(VENV)/.installed-dev-postgres  ## the same and all that needs servers, on PostgreSQL and Redis; then on MariaDB
	@CHANGE_TRACKER_SERVICES=1 DATABASE_URL=$(TEST_POSTGRES_URL) REDIS_URL=$(TEST_REDIS_URL) \
		$(bin)/python -m pytest -n auto $(ARGS)
	@$(MAKE) --no-print-directory test-mariadb

test-mariadb: $(VENV)/.installed-dev-mariadb  ## the tests that need no other server, on MariaDB
	@env -u REDIS_URL DATABASE_URL=$(TEST_MARIADB_URL) $(bin)/python -m pytest -n auto $(MARIADB_ARGS)

faults: $(VENV)/.installed-dev-postgres  ## everything that can fail, thousands of times: an hour on PostgreSQL and Redis
	@CHANGE_TRACKER_FAULTS=long CHANGE_TRACKER_SERVICES=1 DATABASE_URL=$(TEST_POSTGRES_URL) \
		REDIS_URL=$(TEST_REDIS_URL) $(bin)/python -m pytest tests/faults $(ARGS)

bench: $(VENV)/.installed-dev-postgres  ## our work measured side by side with bare SQL, on PostgreSQL
	@BENCH_POSTGRES_URL=$(BENCH_POSTGRES_URL) $(bin)/python -m benchmarks $(ARGS)
