# Everything a person or a pipeline starts. `make run` needs Python 3.11 or newer, its venv module, and nothing else.
PYTHON := .venv/bin/python
# What is started here is several programs: each would compile everything anew where the shell says so.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint bench demo-reset lock clean

help:
	@echo "make run         start mdeprep on this computer (PORT=8000 DATA_DIR=var DEMO=yes)"
	@echo "make test        run all tests (SYSTEM=1 also installs what they need from the system)"
	@echo "make lint        check style, types, layers, templates and the settings of a real installation"
	@echo "make bench       measure (QUICK=1: small sizes)"
	@echo "make demo-reset  put the demonstration data back"
	@echo "make lock        resolve the requirements anew"
	@echo "make clean       remove what the above made, but no data"

# child.py: should this make be killed, the server ends too.
run: export DEMO ?= yes
run:
	@scripts/venv.sh requirements.txt
	@exec $(PYTHON) -I mdeprep/child.py $$PPID SIGTERM $(PYTHON) manage.py serve

demo-reset: export DEMO ?= yes
demo-reset:
	@scripts/venv.sh requirements.txt
	@$(PYTHON) manage.py demo_reset

test:
	@scripts/venv.sh requirements-dev.txt
	@scripts/test.sh

lint:
	@scripts/venv.sh requirements-dev.txt
	@scripts/lint.sh

bench:
	@scripts/venv.sh requirements-dev.txt
	@$(PYTHON) -m bench

LOCK := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes
lock:
	@scripts/venv.sh requirements-dev.txt
	$(LOCK) --upgrade pyproject.toml -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	echo uv | $(LOCK) --upgrade - -o requirements-uv.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
