# Six targets; the first two are all a newcomer needs.
.PHONY: reports test lab site bench clean

# Bytecode is kept: without it every kernel would compile its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

BUILT = .venv/built
BIN = .venv/bin

# Builds every report that is stale into reports/.
reports: $(BUILT) reports/api/index.html
	$(BIN)/research run

# Pages of the Python interface, from its docstrings.
reports/api/index.html: $(BUILT) scripts/api.py $(wildcard src/research/*/*.py)
	$(BIN)/python scripts/api.py reports/api

# Runs every test: package, notebooks (nbval compares their stored outputs), pages.
test: $(BUILT)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Opens JupyterLab on one's own copies of the lessons, which no command writes over.
lab: $(BUILT)
	@$(BIN)/research teach start
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/mine/01_event_studies.ipynb

# Makes site/, a folder that any static host serves (docs/publishing.md); ends with dead links said.
site: reports
	$(BIN)/python scripts/make_site.py

# Prints timings beside a baseline from the same run.
bench: $(BUILT)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv site .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/pages/node_modules
	find reports -mindepth 1 ! -name README.md -delete

# Made anew when the lock or the package's settings change.
$(BUILT): requirements.lock pyproject.toml scripts/venv.sh
	@sh scripts/venv.sh
