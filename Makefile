# Tern's targets; `make help` lists them. The work is done by the scripts in scripts/.
.PHONY: help up setup build test lint format bench clean
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

up: ## Install what is missing, build, migrate and run everything (PORT=8080 DATA_DIR=… WORKERS=2 make up)
	@exec scripts/up

setup: ## Install the Debian packages and make .env, nothing more
	@scripts/packages run && scripts/env

build: ## Build all programs in release mode
	@scripts/packages run && scripts/build

test: ## Run the format check and all tests
	@scripts/test

lint: ## Check the format of all Swift files
	@scripts/lint

format: ## Format all Swift files in place
	@swift format --in-place --parallel --recursive Package.swift Sources Tests bench

bench: ## Measure speed and size (QUICK=1 for a short run, LINES=1,2,5 for a part)
	@scripts/bench

clean: ## Remove what was built; the data stays
	@rm -rf .build
