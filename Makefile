# `make run` and `make test` set everything up by themselves, on a bare machine too.

VENV := .venv
# The self-contained program holds what is installed there, so nothing else is.
APP_VENV := build/app-venv
ifeq ($(OS),Windows_NT)
SCRIPTS := Scripts
else
SCRIPTS := bin
endif
BIN := $(VENV)/$(SCRIPTS)

# A file of tests stays in one process: what it has made once serves all of its tests. The slow ones
# wait until the others are under way (tests/scheduling.py).
WORKERS := -n auto --maxprocesses 4 --dist loadfile

# Commands, libraries, models, projects and sounds of any bytes: some minutes, other ones in every run.
FUZZED := tests/core/cli/test_fuzz.py tests/core/cli/test_console.py tests/core/library/test_inputs.py \
	tests/core/library/test_hostile_libraries.py tests/core/vae/test_hostile_models.py \
	tests/core/arrangement/test_project_file.py tests/core/audio/test_damage.py tests/core/audio/test_containers.py

.PHONY: run test lint style types unit slow fuzz format demo pictures app clean

run: $(VENV)/.ready
	@$(BIN)/technovae

# Types are checked beside the tests, as both leave cores idle at times; what that says comes in one
# piece at the end, and a fault there fails the whole as a failed test does.
test: style
	@types=$$(mktemp); $(BIN)/mypy >"$$types" 2>&1 & checking=$$!; \
	trap 'kill $$checking 2>/dev/null; rm -f "$$types"' EXIT; trap 'exit 130' INT TERM; \
	$(BIN)/python -m pytest -q $(WORKERS); tested=$$?; \
	wait $$checking; typed=$$?; echo "$(BIN)/mypy"; cat "$$types"; \
	[ $$typed -eq 0 ] && exit $$tested

lint: style types

style: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.ready-dev
	$(BIN)/mypy

unit: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -q $(WORKERS) -m "not slow"

slow: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -q $(WORKERS) -m slow

fuzz: $(VENV)/.ready-dev
	FUZZ_TIMES=$${FUZZ_TIMES:-20} $(BIN)/python -m pytest -q $(WORKERS) $(FUZZED)

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Builds the shipped demo again: the library in resources/ and the model in saved_models/.
demo: $(VENV)/.ready
	$(BIN)/technovae demo --build

pictures: $(VENV)/.ready
	$(BIN)/technovae --screenshot resources/window.png --size 1440x900 --panels docs/pictures

# dist/technovae, which runs without Python, the training pack, and archives of both.
app: $(APP_VENV)/.ready-app
	$(APP_VENV)/$(SCRIPTS)/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build .ci/app/app.spec
	$(APP_VENV)/$(SCRIPTS)/python .ci/app/pack.py dist

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.ready: pyproject.toml .ci/setup
	@sh .ci/setup $(VENV)
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@sh .ci/setup $(VENV) dev
	@touch $@

$(APP_VENV)/.ready-app: pyproject.toml .ci/setup
	@sh .ci/setup $(APP_VENV) app
	@touch $@
