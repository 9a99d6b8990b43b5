# The verbs of this project; each works on a fresh checkout with Python 3.11+ and nothing else.
PYTHON ?= python3
DEMO ?= 1
THOROUGH ?= 0
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
# What is installed is compiled as it is first imported: pip would compile all of it, and most never is.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

# What was compiled once is not compiled again by each command, whatever the shell has been told.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint format bench clean

run: $(INSTALLED)
	@exec $(BIN)/python -m db run $(if $(filter 0,$(DEMO)),--no-demo,--demo)

# Two run at once: more threads would wait for each other, and take the processor for it.
test: export OMP_NUM_THREADS = 1
test: export QUICK = $(if $(filter 0,$(THOROUGH)),1,0)
test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED_DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED_DEV)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(INSTALLED): requirements.txt
	@echo "Installing into $(VENV) (about half a minute, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo "Installing what tests and checks need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
