# Every verb installs what it needs and says what it is doing. Two of them matter: demo and test.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PACKAGES := libxml2-dev libcurl4-openssl-dev zlib1g-dev libstemmer-dev pkg-config
SWIFT ?= swift
RELEASE := -c release --static-swift-stdlib

.PHONY: help setup build demo test fuzz lint bench docs clean

help: ## Show the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: ## Install the system packages that are missing
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "== installing$$missing"; \
	  root=""; [ "$$(id -u)" = 0 ] || root="sudo"; \
	  $$root apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -qq $$missing >/dev/null; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 is needed: see swift.org/install"; exit 1; }

build: setup ## Build the three programs (release)
	@echo "== building the programs (release)"
	$(SWIFT) build $(RELEASE) --product kaspi-catalog
	$(SWIFT) build $(RELEASE) --product kaspi-notifier
	$(SWIFT) build $(RELEASE) --product kaspi-simulator

demo: build ## Run one simulated night after another and show what happened
	@deploy/demo

test: setup ## Run every test
	@echo "== building the tests"
	$(SWIFT) build --build-tests
	@echo "== testing"
	$(SWIFT) test --skip-build --disable-xctest --experimental-maximum-parallelization-width 8

fuzz: setup ## Damage price lists, pages, answers and indexes at random under the address sanitizer
	$(SWIFT) build --build-tests --sanitize=address --scratch-path .build-fuzz
	LSAN_OPTIONS=suppressions=$(CURDIR)/deploy/leaks.supp:print_suppressions=0 \
	KASPI_FUZZ=$${KASPI_FUZZ:-20000} KASPI_FUZZ_FEEDS=$${KASPI_FUZZ_FEEDS:-100000} \
	  $(SWIFT) test --sanitize=address --scratch-path .build-fuzz --skip-build --disable-xctest --filter FuzzTests

lint: ## Check the looks of the code
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

bench: build ## Measure: items a second, peak memory, bytes written, beside the limit
	@deploy/bench

docs: setup ## Build the documentation of every room into .build/docs
	@deploy/docs

clean: ## Remove what was built
	rm -rf .build
