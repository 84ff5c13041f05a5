# Lydite's commands. `make` alone lists them; each one first sets up .venv when the lock or pyproject.toml has changed.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/stamp
PIP := $(PY) -m pip --disable-pip-version-check
# What takes longest comes first, so that nothing is left to one core in the end.
LONGEST := optax_losses.toml jax_autodiff.py torch_autograd.py jax_nn.toml sympy_symbolic.py
NAMES := import sys, tomllib; print(*(one["name"] for one in tomllib.load(sys.stdin.buffer)["implementation"]))
EXPECTED = $(shell $(PY) -c '$(NAMES)' < implementations/expected.toml)
LEAVE ?=
CONTROLS = $(addprefix implementations/,$(filter-out $(LEAVE),$(LONGEST) $(filter-out $(LONGEST),$(EXPECTED))))
SOURCES := conftest.py $(wildcard spec reference properties mistakes implementations lydite tests benchmarks docs experiments time_machine examples)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:  ## list the commands
	@while IFS= read -r line; do \
		case "$$line" in [a-z]*:*'## '*) printf 'make %-12s %s\n' "$${line%%:*}" "$${line#*## }";; esac; \
	done < Makefile

# All of it is our own code and needs no jail, which not every machine can build. PyTorch is slow to start and to
# differentiate: it is asked in the processes of the properties, and its limits are wider than those of a submission.
.PHONY: grade
grade: $(STAMP)  ## grade the reference, PyTorch where it is installed, and a submission with faults
	@mkdir -p build
	@targets=reference; \
	if $(PY) -c 'import torch' 2>/dev/null; then targets="$$targets implementations/torch_autograd.py"; \
	else case "$$LYDITE_REQUIRE" in *torch*) echo 'PyTorch is required here and not installed'; exit 1;; esac; \
		echo 'skipped: implementations/torch_autograd.py, for PyTorch is not installed (make frameworks)'; fi; \
	$(PY) -m lydite grade $$targets --isolation none --seed 0 --timeout 900 --call-timeout 30 --json build/report.json
	@printf '\nexpected faults:\n'
	@$(PY) -m lydite grade implementations/with_faults.py --isolation process --seed 0 --json build/expected-faults.json; \
	test $$? -eq 1
	@printf '\nreports: build/report.json, build/expected-faults.json\n'

# The libraries are slow to start, to compile and to differentiate, and each law stops at the first failing batch: one
# example shows all that is expected.
PRECISIONS ?= float64 float32

.PHONY: controls
controls: $(STAMP)  ## grade real libraries and other styles as expected, and confirm the findings
	$(PIP) install --quiet --requirement requirements/frameworks.txt --requirement requirements/controls.txt
	@mkdir -p build
	@for precision in $(PRECISIONS); do \
		$(PY) -m lydite grade $(CONTROLS) --expect implementations/expected.toml --precision $$precision --examples 1 \
			--isolation process --seed 0 --timeout 1800 --call-timeout 60 --json build/controls-$$precision.json || exit 1; \
	done
	LYDITE_REQUIRE=$$LYDITE_REQUIRE,controls $(PY) -m pytest -q -n auto tests/lydite/commands/test_draft.py tests/docs/test_findings.py

.PHONY: languages
languages: $(STAMP)  ## grade the implementations in JavaScript and C++ in every regime and both precisions
	$(MAKE) -C implementations/cpp BUILD=../../build/cpp
	@for precision in float64 float32; do \
		$(PY) -m lydite grade "exec:node implementations/javascript/main.js" exec:build/cpp/main --precision $$precision \
			--isolation process --seed 0 --examples 1 --regimes core,stability,scale,layout,purity,tails,inputs --timeout 900 \
			--call-timeout 30 --json build/languages-$$precision.json || exit 1; \
	done

.PHONY: scoreboard
scoreboard: $(STAMP)  ## store the reports of make controls, and render the scoreboard from what is stored
	for precision in float64 float32; do \
		gzip -9n < build/controls-$$precision.json > docs/scoreboard/controls-$$precision.json.gz || exit 1; \
	done
	$(PY) -m lydite scoreboard docs/scoreboard/*.json.gz --markdown docs/scoreboard.md

.PHONY: time-machine
time-machine: $(STAMP)  ## install old releases with known faults, and their mended successors, and grade both
	$(PY) -m time_machine

.PHONY: experiments
experiments: $(STAMP)  ## measure again what the document says of training, and store it
	$(PIP) install --quiet --requirement requirements/controls.txt
	$(PY) -m experiments

.PHONY: hunt
hunt: $(STAMP)  ## hold correct code to every law under 200 seeds, in both precisions, slow libraries under ten of them
	$(PIP) install --quiet --requirement requirements/frameworks.txt --requirement requirements/controls.txt
	$(PY) -m benchmarks.hunt $(STORE)

.PHONY: mutants
mutants: $(STAMP)  ## mutate the reference, and list what survives
	$(PIP) install --quiet --requirement requirements/mutants.txt
	$(PY) -m benchmarks.mutants

.PHONY: test
test: $(STAMP)  ## run the properties on the reference, and the suite's own tests
	$(PY) -m pytest -n auto properties tests

.PHONY: coverage
coverage: $(STAMP)  ## measure how much of the reports and results the tests run, and fail below the floor
	@mkdir -p build
	$(PY) -m coverage run -m pytest -q tests/lydite/notation tests/lydite/report tests/lydite/results
	$(PY) -m coverage report

.PHONY: changelog
changelog: $(STAMP)  ## show what the next release will say, or write it: make changelog VERSION=1.2.0
	$(PY) -m towncrier build $(if $(VERSION),--yes --version $(VERSION),--draft --version Unreleased)

.PHONY: bare
bare:  ## make test and make grade from a fresh clone, with Python, make, git and coreutils alone
	$(PYTHON) tests/support/bare.py

.PHONY: check
check: $(STAMP)  ## formatting, lint, types, and the direction of imports
	$(PY) -m ruff format --check $(SOURCES)
	$(PY) -m ruff check $(SOURCES)
	$(PY) -m mypy
	cd examples/ridge && MYPYPATH=.:../.. ../../$(PY) -m mypy --config-file ../../pyproject.toml \
		--cache-dir ../../.mypy_cache/ridge spec reference properties mistakes
	$(PY) -m pytest -q tests/test_layering.py

.PHONY: fix
fix: $(STAMP)  ## format, and mend what lint can mend
	$(PY) -m ruff check --fix-only --quiet $(SOURCES)
	$(PY) -m ruff format $(SOURCES)

# A push draws a sample of the mutants; `make bite MUTANTS=0 SEEDS=5 STORE=--store` is the whole, with its figures kept.
SEEDS := 1
MUTANTS := 30
STORE :=

.PHONY: bite
bite: $(STAMP)  ## count what is caught of the known mistakes, and of mutants of the reference
	$(PIP) install --quiet --requirement requirements/mutants.txt
	$(PY) -m benchmarks.bite --seeds $(SEEDS) --sample $(MUTANTS) $(STORE)

.PHONY: laws
laws: $(STAMP)  ## tell what each law is worth: which mistakes it alone catches
	$(PY) -m benchmarks.laws

.PHONY: diagnosis
diagnosis: $(STAMP)  ## diagnose every known mistake, and count how often the fault is named and its likeness told
	$(PY) -m benchmarks.diagnosis

.PHONY: bench
bench: $(STAMP)  ## measure speed and bite
	$(PY) -m benchmarks

.PHONY: frameworks
frameworks: $(STAMP)  ## install PyTorch, which make grade then grades
	$(PIP) install --quiet --requirement requirements/frameworks.txt

.PHONY: docs
docs: $(STAMP)  ## render the generated parts of the documentation
	$(PY) docs/build.py
	$(PY) -m lydite document --out build/document

.PHONY: site
site: $(STAMP)  ## build the site from the pages and the code, and fail at any dead link: build/site/html
	$(PIP) install --quiet --requirement requirements/site.txt
	PYTHONPATH=. $(PY) docs/site/build.py

.PHONY: browser
browser: site  ## open the pages in a headless Chromium, which has to be installed
	$(PIP) install --quiet --requirement requirements/browser.txt
	LYDITE_SHOTS=build/shots $(PY) -m pytest -m browser tests/lydite/document/test_browser.py tests/lydite/results/test_browser.py tests/docs/test_site.py

.PHONY: package
package: $(STAMP)  ## build wheel and sdist, install the wheel elsewhere, and grade from there
	$(PY) -m pytest -m packaging tests/test_packaging.py tests/lydite/results/test_autograder.py

.PHONY: venv
venv: $(STAMP)  ## set up .venv and nothing else

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Lydite needs Python 3.11 or later, say: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes --requirement requirements/dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

UV := build/uv/bin/uv

.PHONY: lock
lock: $(UV)  ## resolve the dependencies anew, for every platform and Python from 3.11
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --custom-compile-command 'make lock' --output-file requirements/dev.lock pyproject.toml

$(UV):
	$(PYTHON) -m venv build/uv
	build/uv/bin/python -m pip --disable-pip-version-check install --quiet uv

.PHONY: clean
clean:  ## remove what the commands have made
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	$(PYTHON) -c 'import pathlib, shutil; [shutil.rmtree(one) for one in [*pathlib.Path().rglob("__pycache__")]]'
