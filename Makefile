# The two commands are `make book` and `make test`; `make` alone lists them all.
# Needed: Python 3.11 or newer with pip and venv, make, git, and a network to install from.

PYTHON ?= python3

PY := .venv/bin/python
# The stamp is written last of all: an environment without it is never trusted. Its name holds the Python and
# the folder that the environment was made for: with another Python, or moved elsewhere, it is made anew.
MADE_FOR := $(shell "$(PYTHON)" -c 'import os, sys, zlib; print(*sys.version_info[:2], zlib.crc32(os.getcwd().encode()), sep="-")' 2>/dev/null)
STAMP := .venv/installed-$(MADE_FOR)

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11) and f"this is Python {sys.version}; give another: make PYTHON=python3.12")
PEERS := benchmarks/.venv/installed-$(MADE_FOR)
GRADER := .venv/grader-$(MADE_FOR)
COURSE ?= _build/coursework
ISOLATED ?= yes
INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input -r requirements.txt -e .

# $(call step,what it is,command): say it, do it, and name it if it fails.
step = @printf '== %s\n' '$(1)'; $(2) || { printf '\nmake failed at this step: %s\n' '$(1)' >&2; exit 1; }

.DELETE_ON_ERROR:
.PHONY: help book test checks linkcheck lab pdf new-chapter coursework grade bench clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1 	/p' Makefile

book: $(STAMP) ## run the chapters and build the book, in _build/html
	$(call step,the book,$(PY) _ext/build.py)

# Chapters keep one processor busy, so style and types are checked beside them.
test: $(GRADER) ## the book, then everything that can be checked: style, types, tests, the pages in a browser
	@$(MAKE) --no-print-directory -j 2 checks book
	$(call step,a browser: found or installed,$(PY) _ext/browser.py)
	$(call step,tests: pytest,$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder)

checks: $(STAMP) ## style and types, of Python and JavaScript
	$(call step,style: ruff check,$(PY) -m ruff check .)
	$(call step,style: ruff format,$(PY) -m ruff format --check .)
	$(call step,style: JavaScript,.venv/bin/deno lint && .venv/bin/deno fmt --check)
	$(call step,types: JavaScript,.venv/bin/deno check thermolib assets _ext)
	$(call step,types: mypy,$(PY) -m mypy)

linkcheck: $(STAMP) ## ask for every address outside the book that it links to; needs the network
	$(call step,links that lead out of the book,$(PY) _ext/build.py linkcheck)

lab: $(STAMP) ## open the chapters in JupyterLab, as notebooks
	$(call step,JupyterLab,JUPYTER_CONFIG_PATH="$(CURDIR)/_ext/jupyter" $(PY) -m jupyterlab --LabApp.default_url=/lab/tree/chapters)

pdf: book ## print the whole book, in _build/temperature.pdf
	$(call step,the book on paper,$(PY) _ext/pdf.py)

new-chapter: $(STAMP) ## begin a chapter: make new-chapter NAME=spin-glasses
	$(call step,a new chapter,$(PY) _ext/new_chapter.py "$(NAME)")

coursework: $(GRADER) ## the student versions of the assignments: make coursework COURSE=folder STUDENTS=list.csv
	$(call step,the student versions,$(PY) -W ignore coursework/tools/release.py --course "$(COURSE)" $(if $(STUDENTS),--students "$(STUDENTS)") $(CHAPTER))

grade: $(GRADER) ## marks and feedback: make grade COURSE=folder SUBMITTED=folder CHAPTER=entropy
	@test -n "$(SUBMITTED)" -a -n "$(CHAPTER)" || { echo "say what to grade: make grade SUBMITTED=folder CHAPTER=entropy" >&2; exit 2; }
	$(call step,the marks,$(PY) -W ignore coursework/tools/grade.py "$(SUBMITTED)" "$(CHAPTER)" --course "$(COURSE)" --isolated $(ISOLATED))

bench: $(PEERS) ## measure thermolib beside its peers, minutes a work: make bench WORK=clusters
	$(call step,the benchmarks,PYTHONPATH="$(CURDIR)" benchmarks/.venv/bin/python -W ignore benchmarks $(WORK))

# A course's secret and gradebook are nothing that could be built again.
clean: ## remove what was built and cached; the environment, .venv, stays, and so does _build/coursework
	find _build -mindepth 1 -maxdepth 1 ! -name coursework -exec rm -rf {} + 2>/dev/null || true
	rmdir _build 2>/dev/null || true
	rm -rf reference/api .pytest_cache .mypy_cache .ruff_cache thermolib.egg-info
	find . \( -name .venv -o -name .git \) -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

$(STAMP): requirements.txt pyproject.toml deno.json deno.lock
	$(call step,Python 3.11 or newer,"$(PYTHON)" -c '$(NEW_ENOUGH)')
	@test -e $@ || rm -rf .venv
	@rm -f .venv/installed-*
	$(call step,the environment: .venv,test -d .venv || "$(PYTHON)" -m venv .venv || { rm -rf .venv; false; })
	$(call step,the environment: requirements.txt (minutes at first),$(INSTALL) || { rm -rf .venv; false; })
	$(call step,what is written in JavaScript: deno.lock,.venv/bin/deno install --quiet --frozen)
	@touch $@

$(GRADER): $(STAMP) coursework/requirements.txt
	@rm -f .venv/grader-*
	$(call step,the grader: coursework/requirements.txt,$(PY) -m pip install --disable-pip-version-check --no-input -r coursework/requirements.txt)
	@touch $@

$(PEERS): benchmarks/requirements.txt
	$(call step,Python 3.11 or newer,"$(PYTHON)" -c '$(NEW_ENOUGH)')
	@test -e $@ || rm -rf benchmarks/.venv
	@rm -f benchmarks/.venv/installed-*
	$(call step,the peers: benchmarks/.venv,test -d benchmarks/.venv || "$(PYTHON)" -m venv benchmarks/.venv || { rm -rf benchmarks/.venv; false; })
	$(call step,the peers: benchmarks/requirements.txt (minutes at first),benchmarks/.venv/bin/python -m pip install --disable-pip-version-check --no-input -r benchmarks/requirements.txt || { rm -rf benchmarks/.venv; false; })
	@touch $@
