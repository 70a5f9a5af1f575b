# hallhub. `make run` installs everything and starts the demo; `make test` installs what tests need and runs them.
#
#   make run DEMO="--visits 4000 --speed 60"     arguments of `hallhub demo`
#   make test TESTS="tests/log -x" JOBS=0        arguments of pytest; JOBS: how many files of tests run side by side

PYTHON ?= python3
DEMO ?=
TESTS ?=
JOBS ?= 2
BENCH ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
WEB := hub/web/static/vendor/manifest.json

# Debian packages for the tests: the other broker, a browser and what its driver links to, Chinese type for its
# screenshots and PDFs, a judge of the unit file, what WeasyPrint draws PDFs with,
# the database of the city's receiver
DEBIAN := mosquitto chromium libatomic1 fonts-noto-cjk systemd libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
	postgresql

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help install install-tests debian run test check bench soak lock clean

help:
	@echo 'make install   安装到 .venv                    install into .venv, giving .venv/bin/hallhub'
	@echo 'make run       安装并开始演示                  install and start the demo'
	@echo 'make test      安装测试所需并运行测试          install what tests need and run them'
	@echo 'make check     静态检查                        linter, formatter, strict types, import rules'
	@echo 'make bench     性能数字与其下限                figures beside their floors'
	@echo 'make soak      长时间测试                      the long runs that make test leaves out'
	@echo 'make lock      重新锁定依赖                    lock the dependencies again'
	@echo 'make clean     删除安装与缓存                  remove what was installed and cached here'

install: $(VENV)/.installed $(WEB)

install-tests: $(VENV)/.installed-tests $(VENV)/.web-tests

run: install
	@$(BIN)/hallhub demo $(DEMO)

test: debian install-tests
	$(BIN)/python -m pytest -m "not soak" -n $(JOBS) --dist loadfile $(TESTS)

check: install-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: debian install-tests
	$(BIN)/python -m benchmarks $(BENCH)

soak: debian install-tests
	$(BIN)/python -m pytest -m soak $(TESTS)

debian:
	@FOR_TESTS=1 sh tools/debian-packages $(DEBIAN)

$(BIN)/python:
	@PYTHON="$(PYTHON)" sh tools/make-venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-tests: requirements-test.txt $(VENV)/.installed
	$(PIP) install --quiet --require-hashes -r requirements-test.txt
	@touch $@

# npm is only a locked source of files here; nothing of it is run
$(WEB): package.json package-lock.json .npmrc hub/web/assets.py $(VENV)/.installed
	$(BIN)/python -m hub.web.assets
	@touch $@

$(VENV)/.web-tests: package.json package-lock.json .npmrc hub/web/assets.py $(VENV)/.installed
	$(BIN)/python -m hub.web.assets --with-tests
	@touch $(WEB) $@

# uv is a tool of whoever locks, not of the project: pip install uv
UV ?= uv
LOCK := UV_SYSTEM_CERTS=1 $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

lock:
	$(LOCK) pyproject.toml requirements-build.in --output-file requirements.txt
	$(LOCK) pyproject.toml requirements-build.in --extra test --constraint requirements.txt \
		--output-file requirements-test.txt
	! grep -n '://' requirements.txt requirements-test.txt

clean:
	rm -rf $(VENV) hub/web/static/vendor .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
