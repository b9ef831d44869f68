# Two commands are all a new machine needs: `make demo` and `make test`.
# Each sets up what it lacks and is quick when run again.

PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2  # processes that test at once

MODELS := realesr-animevideov3 realesrgan-x4plus rife ffdnet transnetv2 u2netp \
    magenta-predict magenta-transform magenta-26

.PHONY: env demo test blenders hosts hosts-pictures models lint format bench fuzz fuzz-edits matrix memory corpus quality sheets translations screenshots pictures monkey clean

env: $(READY)

# Made again when the dependencies change.
$(READY): pyproject.toml
	@echo "Setting up $(VENV). The first time this fetches some GB (torch) and takes minutes."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --progress-bar on --editable '.[dev]'
	@touch $@

demo: env
	$(BIN)/opticals demo

# In several processes at once; then what judges time or memory, with the machine to itself.
# Which of the two ARGS chooses nothing for (status 5) is passed over.
test: env models
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not alone" $(ARGS) || [ $$? = 5 ]
	$(BIN)/python -m pytest -m alone $(ARGS) || [ $$? = 5 ]

# Blender as a module, in environments of their own outside this folder; says what it fetches.
blenders: env
	$(BIN)/python -m tests.plugin.hosts.blenders $(ARGS)

# docs/hosts.md: its pictures of the real programs, before and after.
hosts-pictures: env models
	$(BIN)/python -m tests.plugin.hosts.blender_pictures docs/pictures
	$(BIN)/python -m tests.plugin.hosts.kdenlive_pictures docs/pictures

# All of the tests in real editing programs (Blender, Kdenlive), and a thousand harmful messages of
# every kind: minutes; `make test` has the core.
hosts: env models
	$(BIN)/python -m tests.plugin.hosts.blenders
	OPTICALS_LONG=1 $(BIN)/python -m pytest tests/plugin/hosts -m "hosts_long or not hosts_long" $(ARGS)

# Fetched once for the machine; says what it fetches, nothing when all are there.
models: env
	@$(BIN)/opticals models pull $(MODELS) >/dev/null

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: env models
	$(BIN)/python -m tests.benchmarks $(ARGS)

# A thousand damaged media through all that reads them.
fuzz: env
	$(BIN)/python -m tests.fuzz $(ARGS)

# Three hundred damaged edits of every format through all that reads them.
fuzz-edits: env
	$(BIN)/python -m tests.edit_fuzz $(ARGS)

# Peak memory of copies short and long; they should be alike.
memory: env
	$(BIN)/python -m tests.memory

# docs/matrix.md: what every format and container holds, as ffmpeg reads it back.
matrix: env
	$(BIN)/python -m tests.matrix

# docs/corpus.md: edits by real editors, a render placed on each clip, written and read back.
corpus: env
	$(BIN)/python -m tests.corpus

# docs/quality.md: how good the effects are, on footage with known answers.
quality: env
	$(BIN)/python -m tests.quality $(ARGS)

# Contact sheets of every effect, to be looked at.
sheets: env
	$(BIN)/python -m tests.quality --sheets sheets $(ARGS)

# The texts of the code into resources/.../translations, and what is translated compiled for Qt.
translations: env
	$(BIN)/python -m tests.translations

# Pictures of the panel in every state, theme and language into screenshots/, and whether all of
# it can be seen whole: ARGS="queue palette --languages it" for some of it, ARGS=--spread for the few
# that CI looks at.
screenshots: env
	$(BIN)/python -m tests.screenshots $(ARGS)

# docs/panel.md: its pictures, and its table of keys.
pictures: env
	$(BIN)/python -m tests.screenshots.pictures $(ARGS)

# An hour of random work in the panel: no exception, nothing left behind.
monkey: env
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.ui.monkey $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
