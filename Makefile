# make run ARGS="--seed 7" passes its arguments on. PYTHON names the interpreter that makes the environment.
PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

BIN := .venv/bin
LOCKED := .venv/.locked
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help env run view test docs golden bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

env: $(READY)  ## make the environment in .venv

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY)  ## run the model: abm run $(ARGS)
	$(BIN)/abm run $(ARGS)

view: $(READY)  ## open the page: abm view $(ARGS)
	$(BIN)/abm view $(ARGS)

# pytest runs twice, compiled and uncompiled; both always run, and either failing fails the target. The second also fails where the
# tests run less of the dynamics than pyproject.toml says.
test: $(READY)  ## check style, types and imports, then run the tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@status=0; \
	echo "pytest, compiled"; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0 $(ARGS) || status=1; \
	echo "pytest, uncompiled"; \
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0 -m uncompiled --cov || status=1; \
	exit $$status

# Material announces elsewhere what becomes of MkDocs; a build is no place for it.
docs: $(READY)  ## build the documentation site in site/, strictly and without a network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict $(ARGS)

golden: $(READY)  ## renew the golden results, the golden answers and the notebooks
	$(BIN)/python -m tests.golden
	$(BIN)/python -m tests.golden_answers
	$(BIN)/python -m tests.notebooks

bench: $(READY)  ## run the benchmarks, and say what got slower since the last run on such a machine
	$(BIN)/python -m tests.benchmarks $(ARGS)

lock:  ## resolve requirements.lock again (needs uv; ARGS=--upgrade takes newer versions)
	uv pip compile pyproject.toml --quiet --all-extras --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --output-file requirements.lock $(ARGS)

clean:  ## remove the environment and the caches; results/ stays
	rm -rf .venv build dist site .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .bench *.egg-info
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
