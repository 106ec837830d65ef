# Six verbs: run the page, test everything, lint, train the committed checkpoints, measure the trainer's speed, take the
# README's screenshot.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= $(or $(LENET_DATA),data)

.PHONY: run test lint train bench screenshot

run: $(VENV)/run.stamp
	$(BIN)/python app.py

test: $(VENV)/test.stamp
	@$(BIN)/python -m tools.browser
	$(BIN)/python -m pytest

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

train: $(VENV)/run.stamp
	$(BIN)/python train.py --recipe classic --dataset fashion --validation 5000 --keep best --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe classic --dataset mnist --epochs 20 --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe maxpool --dataset fashion --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe batchnorm --dataset mnist --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern-small --dataset fashion --plain-epochs 0 --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern-small --dataset mnist --data-dir $(DATA) --overwrite
	$(BIN)/python train.py --recipe modern --dataset fashion --plain-epochs 0 --data-dir $(DATA) --overwrite
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
