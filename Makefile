# run: the page. check: what needs no browser, in a minute. test: what every change must pass. test-all: the long tests too.
# lint: style and types. static: the static edition. space: the folder of a Space, checked.
# train: the committed checkpoints. bench: the trainer's speed. screenshot: the README's picture.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= $(or $(LENET_DATA),data)

# Tests that open no browser share nothing, so two run at a time.
PYTEST := $(BIN)/python -m pytest
WITHOUT_BROWSER := $(PYTEST) -n 2

.PHONY: run check test test-all lint static space train bench screenshot

run: $(VENV)/run.stamp
	$(BIN)/python app.py

check: lint
	$(WITHOUT_BROWSER) -m "not slow and not browser"

test: check
	@$(BIN)/python -m tools.browser
	$(PYTEST) -m "not slow and browser"

test-all: lint
	@$(BIN)/python -m tools.browser
	$(WITHOUT_BROWSER) -m "not browser"
	$(PYTEST) -m browser

# What is checked without running the project's Python. gradio writes stubs beside its components; mypy would read those
# instead of the modules.
lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@rm -f lenet/ui/*.pyi
	$(BIN)/mypy
	$(BIN)/python -m tools.node
	@test ! -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile

# OPTIONS="--all" writes every network; python -m lenet.ui.edition --help says what else there is.
static: $(VENV)/run.stamp
	$(BIN)/python -m lenet.ui.edition build/static $(OPTIONS)

# OPTIONS="--kind zero" builds only the one for a free account.
space: $(VENV)/test.stamp
	$(BIN)/python -m tools.space build/space $(OPTIONS)

train: $(VENV)/run.stamp
	$(BIN)/python train.py --recipe classic --dataset fashion --validation 5000 --keep best --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe classic --dataset fashion --pooling max --validation 5000 --keep best --out checkpoints/fashion-classic-max --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe classic --dataset mnist --epochs 20 --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe maxpool --dataset fashion --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe batchnorm --dataset mnist --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern --dataset fashion --kernel 5,3,3 --padding 2,1,1 --channels 64,128,256 --convolutions 3 --dense 256 --epochs 24 --validation 2000 --plain-epochs 0 --out networks/fashion-teacher --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe lenet --dataset fashion --dropout 0 --learning-rate 0.01 --validation 2000 --plain-epochs 2 --photos 58000 --teacher networks/fashion-teacher --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe lenet --dataset mnist --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern-small --dataset fashion --plain-epochs 0 --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern-small --dataset mnist --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern --dataset fashion --dropout 0.1 --epochs 40 --validation 2000 --plain-epochs 2 --photos 58000 --teacher networks/fashion-teacher --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern --dataset mnist --members 2 --channels 20,40 --dense 84,84 --dropout 0.1 --data-dir $(DATA) --overwrite

bench: $(VENV)/run.stamp
	$(BIN)/python -m benchmarks.speed $(DATA)

screenshot: $(VENV)/test.stamp
	@$(BIN)/python -m tools.browser
	$(BIN)/python -m tools.screenshot

# Debian's python3 comes without venv; only root can add it.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "LeNet Lab needs Python 3.10 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null || { rm -rf $(VENV); \
	  test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); } \
	  || { rm -rf $(VENV); echo "Python's venv is missing; install it: sudo apt-get install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.txt | $(BIN)/pip
	@echo "Installing PyTorch and gradio into $(VENV): several GB, a few minutes ..."
	$(BIN)/pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(VENV)/run.stamp
	$(BIN)/pip install --quiet "pip>=25.1"  # the first that knows dependency groups
	$(BIN)/pip install --quiet --group dev
	@touch $@
