# Every target sets up what it needs first and skips what is done. tools/ holds the work.
NAMES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach name,$(NAMES),$(shell command -v $(name) 2>/dev/null)))
TOOLS = $(or $(PYTHON),$(error Warmline needs Python 3.11 or newer and found none)) -m tools

.PHONY: help run test check build bench soak lock clean
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## install everything, start the demo (HTTPS=1: for a phone in the same network)
	@$(TOOLS) run $(if $(HTTPS),--https) $(ARGS)

test: ## install everything, run all tests (ARGS="-k word": some)
	@$(TOOLS) test $(ARGS)

check: ## lint, formatting, types, import rules, house rules, TypeScript
	@$(TOOLS) check

build: ## install everything, build the front end
	@$(TOOLS) build

bench: ## measure against the figures to hold (ARGS=--quick: within minutes)
	@$(TOOLS) bench $(ARGS)

soak: ## kill, cut and overload it for long (ARGS=--quick: within minutes)
	@$(TOOLS) soak $(ARGS)

lock: ## pin the newest allowed Python packages, with hashes
	@$(TOOLS) lock

clean: ## remove what make made; data and an own .venv stay
	@$(TOOLS) clean
