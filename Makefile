# One word each: `make run` starts the server, `make test` checks everything; both install what they need by themselves.

export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
UV := .uv/bin/uv
BIN := .venv/bin
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f \( -name '*.ts' -o -name '*.vue' -o -name '*.html' -o -name '*.css' -o -name 'en.json' -o -name 'tsconfig*' \) ! -name schema.d.ts -print)
API_SOURCES := $(wildcard src/invited/api/*.py src/invited/domain/*.py)

# The browser that the tests drive. Debian has it; elsewhere install Chromium or Chrome and say where it is.
export CHROMIUM ?= chromium

.PHONY: setup web chromium run test test-aws build-aws lint format fuzz-api bench-build bench-parse bench-million bench-send bench-whole-send clean

setup: .venv/.ready

# The apps are built anew where a source of theirs or the API is newer than the last build.
web: web/.built

web/node_modules/.ready: web/package.json web/package-lock.json $(wildcard web/*/package.json)
	cd web && npm ci --silent --no-audit --no-fund
	@touch $@

web/.built: .venv/.ready web/node_modules/.ready $(WEB_SOURCES) $(API_SOURCES)
	$(BIN)/invited openapi > web/shared/openapi.json
	cd web && npm run --silent types && npm run --silent check && npm run --silent build
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.ready: .uv/bin/uv pyproject.toml uv.lock
	$(UV) sync --locked --quiet --python python3
	@touch $@

run: setup web
	@INVITED_INBOUND_AUTH=$${INVITED_INBOUND_AUTH:-trust} $(BIN)/invited serve

chromium:
	@command -v "$(CHROMIUM)" >/dev/null || [ "$$(id -u)" != 0 ] \
	|| { apt-get update -qq && apt-get install -qqy --no-install-recommends chromium; } >/dev/null 2>&1 || true
	@command -v "$(CHROMIUM)" >/dev/null || { echo "The tests need a browser: \`apt install chromium\`, or" \
	"\`make test CHROMIUM=/path/to/chrome\` where Chromium or Chrome is installed already."; exit 1; }

test: lint web chromium
	cd web && npm run --silent test
	$(BIN)/pytest

.venv-aws/.ready: .uv/bin/uv pyproject.toml uv.lock
	UV_PROJECT_ENVIRONMENT=.venv-aws $(UV) sync --locked --quiet --extra aws --group aws --python python3
	@touch $@

# SAM wants other versions of some libraries than the server has, so it has an environment of its own.
.venv-sam/.ready: .uv/bin/uv deploy/aws/tools/requirements.txt
	$(UV) venv --quiet --clear --python python3 .venv-sam
	$(UV) pip install --quiet --no-deps --python .venv-sam/bin/python --requirement deploy/aws/tools/requirements.txt
	@touch $@

# The stack is deployed once, by one process; everything else is spread over all.
test-aws: .venv-aws/.ready .venv-sam/.ready web
	.venv-aws/bin/pytest --timeout 240 --ignore tests/aws/deployed tests/engines/contract tests/aws
	.venv-aws/bin/pytest -n 0 --timeout 600 tests/aws/deployed

# The template and the layer, as they would be deployed (docs/aws.md).
build-aws: .venv-sam/.ready web
	cd deploy/aws && PATH="$(CURDIR)/.venv-sam/bin:$$PATH" sam build

lint: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

# Many random requests to each operation of the API, others each time; `make fuzz-api TRIES=1000` for longer.
fuzz-api: setup
	INVITED_FUZZ=$(or $(TRIES),100) $(BIN)/pytest --timeout 0 tests/api/test_api_fuzz.py

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
	rm -rf web/node_modules web/.built src/invited/web .uv .venv .venv-aws .venv-sam deploy/aws/.aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
