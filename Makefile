# What a person types. Everything is made inside this folder; CONTRIBUTING.md says more about each target.

PYTHON ?=
PORT ?= 8000
ARGS ?=
WORKERS ?= auto
export PORT

BIN := .venv/bin
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)

# The first suitable Python, as $$python, or one line that says what is missing.
find_python = for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed; tried: $(PYTHONS). Name another one: make PYTHON=/path/to/python" >&2; exit 1; \
	fi
for_development = $(find_python); "$$python" -m campaign_site.install requirements-dev.lock

.PHONY: help demo test install keys compile lint format types contract migrations deployable messages stale lock check audit bench chaos clean

help:
	@echo "make demo        the site with demo content at http://127.0.0.1:$(PORT)/; Ctrl-C ends it"
	@echo "make test        all tests, on every processor; ARGS='-k words' for some of them, WORKERS=0 for one after the other"
	@echo "make check       what has to pass before a change is taken: lint, types, contract, migrations, deployable, stale, test"
	@echo "make format      lay out the code"
	@echo "make messages    bring the translation catalogues up to date (needs gettext)"
	@echo "make audit       what readers and staff get: Lighthouse, axe, keyboard, HTML, weight; ARGS='--only weight' for a part"
	@echo "make bench       how fast it is, beside its limits and its peers; ARGS='--only email' for a part"
	@echo "make chaos       a broadcast through a storm, on both databases; ARGS='--people 2000 --kills 5' for a short one"
	@echo "make lock        resolve the dependencies of pyproject.toml anew"
	@echo "make clean       take away what was made here, but not the site's data"

demo:
	@$(find_python); "$$python" -m campaign_site.install requirements.lock --port "$(PORT)"
	@$(BIN)/python -m campaign_site.keys
	@exec $(BIN)/python manage.py demo

install:
	@$(for_development)

keys: install
	@$(BIN)/python -m campaign_site.keys

compile: install
	@$(BIN)/python -m campaign_site.catalogues compile

test: compile
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet

format: install
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

types: install
	DEBUG=true $(BIN)/mypy

contract: install
	$(BIN)/lint-imports

migrations: keys
	$(BIN)/python manage.py makemigrations --check --dry-run

deployable: keys
	SITE_URL=https://example.org DEBUG=false $(BIN)/python manage.py check --deploy --fail-level WARNING

messages: keys
	$(BIN)/python -m campaign_site.catalogues extract

stale: install
	$(BIN)/python -m campaign_site.catalogues check

lock: install
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --extra dev --constraint requirements.lock --output-file requirements-dev.lock

audit: compile keys
	$(BIN)/python -m tests.audit $(ARGS)

bench: install
	$(BIN)/python -m tests.benchmarks $(ARGS)

chaos: install
	$(BIN)/python -m tests.chaos $(ARGS)

check: lint types contract migrations deployable stale test

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .local/static .local/charts
	find campaign_site home outreach tests -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
