# Two commands are enough: `make run` (the cockpit on a demo bank) and `make test`.
SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
PORT ?= 8501
CHECKED := app.py cli.py benchmarks commands pages ui reports words metrics data

.PHONY: help run test bench bench-screens lint format docs texts constraints clean

help:
	@echo "make run     the cockpit on http://localhost:$(PORT), with a demo bank the first time"
	@echo "make test    all tests"
	@echo "make bench   how fast, as ratios to references in the same run"
	@echo "make lint    ruff and mypy"
	@echo "make format  put the code into the house's form"
	@echo "make texts   catalogues of the screens' texts, after a change of texts"
	@echo "make docs    docs/contract.md and docs/indicators.md anew"
	@echo "make clean   forget the packages (var/, with your data, stays)"

run: $(INSTALLED)
	@$(PYTHON) cli.py demo --if-missing
	@$(PYTHON) cli.py refresh
	@$(PYTHON) cli.py warn
	@echo "Canopy: http://localhost:$(PORT)   (stop with Ctrl-C)"
	@exec $(PYTHON) -m ui.serve --server.port $(PORT)

# A file stays with one process, which keeps what its screens read; in the order of the folders,
# so that the short examples of the modules come last and no process waits for a long file.
test: $(INSTALLED_DEV)
	@$(PYTHON) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(TESTS)

# How fast, as ratios to references in the same run; `make bench USERS=250000` for 100 m events.
bench: $(INSTALLED_DEV)
	@$(PYTHON) -m benchmarks --users $(or $(USERS),30000)

# How fast the screens are, on the server and in the browser, over warehouses that are there:
# `make bench-screens SMALL=ducklake:///var/warehouse LARGE=…`.
bench-screens: $(INSTALLED_DEV)
	@$(PYTHON) -m benchmarks.screens --small $(or $(SMALL),ducklake:///$(CURDIR)/var/warehouse) $(if $(LARGE),--large $(LARGE))

lint: $(INSTALLED_DEV)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy --strict $(wildcard $(CHECKED))

format: $(INSTALLED_DEV)
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: $(INSTALLED)
	@$(PYTHON) cli.py documents

# `make texts DOMAIN=tree` for one catalogue only.
texts: $(INSTALLED_DEV)
	@$(PYTHON) -m words.texts $(DOMAIN)

# After a change of a requirements file: the exact version of everything that came with it.
constraints: $(INSTALLED_DEV)
	$(PYTHON) -m pip freeze --exclude pip --exclude setuptools > constraints.txt

clean:
	rm -rf $(VENV) build

$(INSTALLED): requirements.txt constraints.txt | $(PYTHON)
	@echo "Installing packages (once) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo "Installing development tools (once) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@

$(PYTHON):
	@found=""; \
	for name in $(PYTHON3) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Canopy needs Python 3.11 or later with venv (Debian: apt install python3-venv)."; \
	  echo "None was found; name one: make $(MAKECMDGOALS) PYTHON3=/path/to/python3.11"; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version) …"; "$$found" -m venv $(VENV)
