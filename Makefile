# `make` alone lists the commands. In a learner's copy, which has no autograde/ and no tests/,
# the commands for authors (##+) are not listed and say so when called.

PYTHON ?= python3
EDITION ?= $(if $(wildcard notebooks/ko),ko,en)

SETUP = $(PYTHON) helpers/environment.py
RUN = PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m
CODE = helpers autograde tests $(wildcard nbgrader_config.py)

.PHONY: help lab progress test lint build release grade feedback report site screenshots bench-grading lock learner author whole python box tools

help:
	@echo "make COMMAND [EDITION=ko|en] [PYTHON=python3.12]"
	@awk -F ':.*##$(if $(wildcard autograde),[+]?) ' \
	    '/^[a-z-]+:/ && NF > 1 {printf "  make %-14s %s\n", $$1, $$2}' Makefile

lab: learner ## open the course in JupyterLab
	@$(RUN) helpers.lab --edition $(EDITION)

progress: learner ## show what is solved and what is next
	@$(RUN) helpers.progress --edition $(EDITION)

test: whole ##+ run every test, then every solution against its saved outputs
	@$(MAKE) --no-print-directory -j2 lint tools
	@$(RUN) compileall -q helpers autograde # else every process of the tests may compile them anew
	OMP_NUM_THREADS=1 $(RUN) pytest tests -n 2 --dist loadscope
	unset MPLBACKEND; COURSE_PROGRESS=off OMP_NUM_THREADS=1 JUPYTER_DEFAULT_PROVISIONER_NAME=warm \
	    $(RUN) pytest --nbval --nbval-current-env --nbval-cell-timeout=120 $(LAST_FIRST) \
	    -n 2 --dist loadscope --no-loadscope-reorder

lint: author ##+ check the code's style
	@$(RUN) ruff check $(CODE)
	@$(RUN) ruff format --check $(CODE)

build: author ##+ build the notebooks of CHAPTER=chNN_name, or of all chapters
	@OMP_NUM_THREADS=1 $(RUN) autograde.build $(CHAPTER)

release: author ##+ make the learner's zip in EDITION, without solutions: dist/
	@$(RUN) autograde.release --edition $(EDITION)

grade: author box ##+ grade what is handed in [CHAPTER= LEARNER= SEED= FORCE=1 FRESH=1 SCHEDULER= WORKERS=]
	@OMP_NUM_THREADS=1 $(RUN) autograde.bulk $(CHAPTER) --edition $(EDITION) \
	    $(if $(LEARNER),--learner "$(LEARNER)") $(if $(SEED),--seed $(SEED)) \
	    $(if $(FORCE),--force) $(if $(FRESH),--fresh) $(if $(SCHEDULER),--scheduler $(SCHEDULER)) \
	    $(if $(WORKERS),--workers $(WORKERS)) $(UNSAFE)

feedback: author ##+ make the feedback pages of what is graded [CHAPTER= LEARNER=]
	@$(RUN) autograde.feedback $(CHAPTER) $(if $(LEARNER),--learner "$(LEARNER)")

report: author ##+ make the class report: grading/report.html, tables, Canvas and Moodle files
	@$(RUN) autograde.report $(CHAPTER) --edition $(EDITION)

site: author ##+ make both editions as a site to read: dist/site/index.html
	@$(RUN) autograde.site

screenshots: author tools ##+ take the README's pictures: docs/images/
	@OMP_NUM_THREADS=1 $(RUN) autograde.screenshots

lock: ##+ fit requirements.lock to pyproject.toml (with UPGRADE=--upgrade: to the newest)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --extra author --universal --python-version 3.11 \
	    --fork-strategy fewest --no-annotate --quiet --custom-compile-command "make lock" \
	    --output-file requirements.lock $(UPGRADE)

bench-grading: author box ##+ measure grading: stock nbgrader, this course, and the limit [SUBMISSIONS= MANY=]
	@OMP_NUM_THREADS=1 $(RUN) autograde.bench $(if $(SUBMISSIONS),--submissions $(SUBMISSIONS)) \
	    $(if $(MANY),--many $(MANY))

# The longest trainings stand in the last chapters: begun first, neither process waits long at the end.
LAST_FIRST = $(shell ls -rd solutions/*/)

# System packages: installed where that can be done, otherwise named in a sentence. What then
# cannot be done says so itself.
BOX = bubblewrap libseccomp2 openssl

box: author ##+ get what grading needs: the packages and the sandbox
	@$(PYTHON) -m autograde.system $(BOX) || true

tools: whole
	@$(PYTHON) -m autograde.system $(BOX) postgresql chromium node-configurable-http-proxy || true

learner: python
	@$(SETUP)

author: whole
	@$(SETUP) --author

whole: python
ifeq ($(wildcard autograde),)
	@echo "This is a learner's copy: make $(MAKECMDGOALS) needs the whole course." >&2; exit 1
endif

python:
	@command -v $(firstword $(PYTHON)) >/dev/null || { echo "There is no command $(PYTHON): \
	install Python 3.12, or name the Python you have: make $(MAKECMDGOALS) PYTHON=..." >&2; exit 1; }
