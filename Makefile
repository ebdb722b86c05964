# The commands of the README and of daily work. Each is a script or one line; there is no other build logic here.
.DEFAULT_GOAL := help
.PHONY: help start setup build test generated format lint fuzz clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

start: ## Install what is missing, build, provide an engine and a model, and serve
	@scripts/start

setup: ## The same without serving
	@scripts/start --no-serve

build: ## Build the release binary
	@bash -c 'set -euo pipefail; . scripts/lib.sh; need_swift; need_build_packages; build_release'

test: ## Install what is missing and run every check and test
	@scripts/test

generated: build ## Write man/ and completions/ from the command table
	@scripts/generate .

format: ## Format the Swift sources
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check the format of the Swift sources
	swift format lint --strict --recursive Sources Tests Package.swift

fuzz: ## Fuzz the JSON view for five minutes
	@scripts/fuzz 300

clean: ## Remove what was built (not the engine and the models)
	rm -rf .build
