# One word each: `make run` starts the server, `make test` checks everything; both install what they need by themselves.

export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
UV := .uv/bin/uv
BIN := .venv/bin

.PHONY: setup run test lint format bench-build bench-parse bench-million bench-send bench-whole-send clean

setup: .venv/.ready

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.ready: .uv/bin/uv pyproject.toml uv.lock
	$(UV) sync --locked --quiet --python python3
	@touch $@

run: setup
	@INVITED_INBOUND_AUTH=$${INVITED_INBOUND_AUTH:-trust} $(BIN)/invited serve

test: lint
	$(BIN)/pytest

lint: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

format: setup
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

bench-build: setup
	@$(BIN)/python -m bench.build

bench-parse: setup
	@$(BIN)/python -m bench.parse

bench-million: setup
	@$(BIN)/python -m bench.million

bench-send: setup
	@$(BIN)/python -m bench.send

bench-whole-send: setup
	@$(BIN)/python -m bench.whole_send

clean:
	rm -rf .uv .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
