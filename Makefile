# What $5.576M Buys. `make serve` builds the book and shows it; `make test` runs every
# check. Both set up what they need in .venv, and skip the set-up when it is current.

VENV := .venv
BIN := $(VENV)/bin
SITE := _build/html

# The first Python that is new enough; PYTHON=... on the command line overrides it.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo "$$python" && break; done)

# Installed before anything that would pull a larger build of it. May hold options of
# pip, so that a machine can say where its CPU build is.
TORCH_INSTALL ?= torch==2.13.0

.PHONY: help serve book setup test setup-test bench provenance linkcheck audit clean

help:
	@echo "make serve      execute the notebooks, build the book, show it on this machine"
	@echo "make book       execute the notebooks and build the book into $(SITE)"
	@echo "make test       run every check"
	@echo "make bench      time the model and its experts on several ranks, write dated records"
	@echo "make provenance list every value of the data with its source, locator and status"
	@echo "make linkcheck  ask every cited address whether it still answers"
	@echo "make audit      look for known faults in the installed packages"
	@echo "make clean      remove everything that was built, and the environment"

serve: book
	@$(BIN)/python tools/serve.py $(SITE)

book: setup
	rm -rf _build
	$(BIN)/jupyter-book build . --all -W -n --keep-going

setup: $(VENV)/book.stamp

setup-test: $(VENV)/test.stamp

test: setup-test
	@bash tools/checks.sh

bench: setup-test
	$(BIN)/python benchmarks/model_speed.py
	$(BIN)/python benchmarks/attention_forms.py
	$(BIN)/python benchmarks/expert_parallel.py
	$(BIN)/python benchmarks/schedule.py
	$(BIN)/python benchmarks/doubt.py

provenance: setup
	@$(BIN)/python tools/provenance.py

linkcheck: setup
	$(BIN)/jupyter-book build . --builder linkcheck

audit: setup-test
	$(BIN)/python -m pip install --quiet pip-audit
	@$(BIN)/python tools/audit.py

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed;" \
		"none of python3.11 ... python3 is one. Name it: make PYTHON=/path/to/python3" \
		>&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/book.stamp: $(VENV)/python.stamp requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH_INSTALL)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/book.stamp requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

clean:
	rm -rf _build $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
