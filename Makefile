# Works with GNU Make 4.3 and /bin/sh; needs Python 3.11 or newer with venv and pip, nothing else.

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
PIP     := -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --quiet
LATEST  := build/latest

# As many processes as there are processors, four at most; in one process: make test PYTEST_ARGS=
PYTEST_ARGS ?= --numprocesses auto --maxprocesses 4 --dist loadfile

CHECK_LINT    := $(BIN)/ruff check --quiet
CHECK_FORMAT  := $(BIN)/ruff format --quiet --check
CHECK_TYPES   := $(BIN)/mypy --no-error-summary
CHECK_IMPORTS := $(BIN)/lint-imports --no-logo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Each candidate in turn, until one is new enough and can make environments. A `python3` may be a wrapper that does
# not work, so each is run, not just looked up.
define find_python
found=; bare=; \
for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
  version=$$($$candidate -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || { \
    if [ "$$candidate" = "$(PYTHON)" ]; then echo "$$candidate is not Python 3.11 or newer; looking for another."; fi; continue; }; \
  if $$candidate -c 'import ensurepip, venv' 2>/dev/null; then found=$$candidate; break; fi; \
  if [ -z "$$bare" ]; then bare=$$candidate; bare_version=$$version; fi; \
done; \
if [ -z "$$found" ] && [ -n "$$bare" ]; then \
  echo "$$bare is Python $$bare_version but cannot make virtual environments: ensurepip is missing." >&2; \
  echo "On Debian and Ubuntu install the package python$$bare_version-venv, then run make again." >&2; exit 1; fi; \
if [ -z "$$found" ]; then \
  echo "Python 3.11 or newer is needed and none was found." >&2; \
  echo "Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi
endef

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# The stamp holds the folder it was made for: an environment does not survive being moved or copied, nor the loss of
# the Python it was made with. One that does stand is brought up to date where it is.
USABLE := $(shell [ "$$(cat $(STAMP) 2>/dev/null)" = '$(CURDIR)' ] && $(BIN)/python -c '' 2>/dev/null && echo yes)
ifneq ($(USABLE),yes)
.PHONY: $(STAMP)
endif

$(STAMP): pyproject.toml setup.py constraints.txt
ifneq ($(USABLE),yes)
	@$(find_python); \
	echo "Making $(VENV) with $$found ($$version)"; \
	$$found -m venv --clear $(VENV)
endif
	@echo "Installing what constraints.txt names; this takes a minute"
	@$(BIN)/python $(INSTALL) --constraint constraints.txt setuptools
	@$(BIN)/python $(INSTALL) --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@echo '$(CURDIR)' > $@

.PHONY: install
install: $(STAMP) ## set up .venv with everything that is needed

.PHONY: serve
serve: install ## start the server (ARGS="--scenario demo --port 8124")
	@exec $(BIN)/understudy serve $(ARGS)

.PHONY: test
test: install ## check everything: lint, format, types, imports, tests (PYTEST_ARGS="-k copy")
	$(CHECK_LINT)
	$(CHECK_FORMAT)
	$(CHECK_TYPES)
	$(CHECK_IMPORTS)
	$(BIN)/pytest $(PYTEST_ARGS)

.PHONY: lint
lint: install ## check style, format and the direction of imports
	$(CHECK_LINT)
	$(CHECK_FORMAT)
	$(CHECK_IMPORTS)

.PHONY: types
types: install ## check types
	$(CHECK_TYPES)

.PHONY: format
format: install ## format the code and mend what can be mended
	$(BIN)/ruff check --quiet --fix-only
	$(BIN)/ruff format --quiet

.PHONY: bench
bench: install ## measure speed and memory (ARGS="--reference")
	$(BIN)/python -m benchmarks $(ARGS)

.PHONY: conformance
conformance: install ## hold the server to its contract at length (ARGS="--examples 200 --seeds 1,2,3")
	$(BIN)/python -m tests.conformance $(ARGS)

.PHONY: parity
parity: install ## ask us and the real server the same, side by side (ARGS="crons streams")
	$(BIN)/python -m tests.parity $(ARGS)

.PHONY: round-trip
round-trip: install ## record, seed the real server, record again (ARGS="--write")
	$(BIN)/python -m tests.recording.round_trip $(ARGS)

.PHONY: interleavings
interleavings: install ## let everything happen in any order (ARGS="--examples 2000 --seed 7")
	@$(BIN)/python -m tests.interleavings $(ARGS)

.PHONY: constraints
constraints: ## pin the latest versions of everything anew
	@$(find_python); \
	case $$version in 3.11) ;; *) echo "Pins are made with Python 3.11: make constraints PYTHON=python3.11" >&2; exit 1;; esac; \
	$$found -m venv --clear $(LATEST)
	@echo "Installing the latest of everything; this takes a minute"
	@$(LATEST)/bin/python $(INSTALL) --upgrade setuptools
	@$(LATEST)/bin/python $(INSTALL) --no-build-isolation --editable '.[dev]'
	@{ sed '/^[^#]/d' constraints.txt; \
	  $(LATEST)/bin/python $(PIP) list --format freeze --exclude pip --exclude understudy; } > $(LATEST)/constraints.txt
	@mv $(LATEST)/constraints.txt constraints.txt
	@rm -r $(LATEST)
	@git --no-pager diff --stat -- constraints.txt 2>/dev/null || true

.PHONY: clean
clean: ## remove everything that can be made again
	rm -rf $(VENV) build dist src/*.egg-info .coverage* htmlcov .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
