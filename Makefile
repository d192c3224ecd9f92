# The README's commands. Each makes the environment when it is missing or out of date.
PYTHON ?= python3
CHAPTER ?= 1
# `make TORCH=cpu ...`: PyTorch without what only a GPU needs: a fraction of the download.
TORCH ?= default
ifeq ($(TORCH),cpu)
TORCH_BACKEND := --torch-backend cpu
LEFT_OUT := ^(cuda|nvidia|triton)
else
LEFT_OUT := ^$$
endif
BIN := .venv/bin

.PHONY: demo test test-browser prove lab lint build requirements clean

demo: .venv/ready
	$(BIN)/grader demo

test: .venv/ready
	$(BIN)/grader build --check
	$(BIN)/pytest

test-browser: .venv/ready
	SCREENSHOTS=screenshots $(BIN)/pytest tests/jupyterlab tests/browser

prove: .venv/ready
	$(BIN)/python -m tests.prove

lab: .venv/ready
	$(BIN)/grader lab $(CHAPTER)

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

build: .venv/ready
	$(BIN)/grader build

requirements:
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--extra dev --extra d2l --extra cluster --extra postgresql --upgrade pyproject.toml --output-file requirements.txt

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else f"Dropout Lab needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	grep -vE '$(LEFT_OUT)' requirements.txt > .venv/requirements.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps $(TORCH_BACKEND) --requirement .venv/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch .venv/ready

clean:
	rm -rf .venv demo
