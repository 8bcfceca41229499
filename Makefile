# The commands of this project. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup chat run test lint check words learn bench torture quality lock

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## make .venv and install what requirements.lock names

$(VENV)/.ready: requirements.lock
	@echo "Setting up $(VENV); this takes a minute the first time."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

chat: setup ## talk to the assistant in this terminal
	@$(BIN)/python -m bot chat

run: setup ## run the service: Telegram, the web side, delivery, timers (see .env.example)
	@$(BIN)/python -m bot run

test: setup ## pass all tests
	$(BIN)/python -m pytest -q

lint: setup ## style, types, contracts between the rooms, catalogs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m bot.words --check
	@! grep -nE 'https?://' requirements.lock

check: setup ## check what people edit: topics, flows, words
	@$(BIN)/python -m bot check

words: setup ## take the sentences out of code and templates into templates/locale
	@$(BIN)/python -m bot.words

learn: setup ## write down what the search learns (after a change to topics or synonyms)
	@$(BIN)/python -m knowledge.learnt

bench: setup ## measure speed beside other bots (needs redis-server; minutes)
	@$(BIN)/python -m tests.bench

torture: setup ## kill processes: 200 times per database while people write, 20 while people are told
	@$(BIN)/python -m tests.torture

quality: setup ## how well questions are found and values are read
	@$(BIN)/python -m tests.knowledge.quality
	@$(BIN)/python -m tests.reading.quality

lock: ## resolve pyproject.toml anew into requirements.lock (needs uv)
	uv lock --upgrade
	uv export --frozen --no-emit-project --no-header --format requirements-txt -o requirements.lock
