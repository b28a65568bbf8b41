# The commands that contributors use; "make help" lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

BINARY := bin/mission-control
SOURCES := $(wildcard cmd internal test scripts examples)
# A throw-away PostgreSQL and Redis for the command behind it.
SERVICES := scripts/with-services.sh

##@ Use

.PHONY: run
run: ui build ## Build everything and start the server: no configuration needed, it prints the sign-in link
	@exec $(BINARY) serve

.PHONY: demo
demo: build ## Watch an external agent work through a board, on a server of its own that is gone afterwards
	@scripts/demo.sh

.PHONY: build
build: ## Build the program, bin/mission-control
	@CGO_ENABLED=0 go build -trimpath -o $(BINARY) ./cmd/mission-control

.PHONY: ui
ui: # Build the web UI, where there is one
	@if [ -e web/package.json ]; then npm --prefix web ci --no-audit --no-fund && npm --prefix web run build; fi

##@ Prove

.PHONY: test
test: ## Everything that proves the program, on SQLite, PostgreSQL and Redis (FUZZ_TIME=5s: the fuzz targets too)
	@$(SERVICES) scripts/test.sh

.PHONY: check
check: format-check vet lint generated test ## All that must hold before a change is handed in: formatting, linters, generated files, tests

.PHONY: test-go
test-go: ## The Go tests alone; PACKAGES=./internal/store/... RUN=TestName narrow them
	@$(SERVICES) env CGO_ENABLED=1 go run ./scripts/gotest -race $(if $(RUN),-run '$(RUN)') $(or $(PACKAGES),./...)

.PHONY: fuzz
fuzz: ## The fuzz targets, each for FUZZ_TIME (5s)
	@scripts/fuzz.sh

.PHONY: conformance
conformance: ## Replay the contract's recordings on both databases; ARGS='--only tasks/ --verbose' narrows
	@$(SERVICES) scripts/conformance.sh $(ARGS)

.PHONY: contract
contract: ## Compare our OpenAPI document with the contract's, and the server's answers with our document
	@scripts/contract.sh

.PHONY: bench
bench: build ## The benchmarks, as ratios to a floor measured in the same run; ARGS are passed on
	@go run ./test/load $(ARGS)

##@ Keep in shape

.PHONY: format
format: ## Format the Go code
	@gofmt -w $(SOURCES)

.PHONY: format-check
format-check: # Fail when something is not formatted
	@unformatted=$$(gofmt -l $(SOURCES)); [ -z "$$unformatted" ] || { echo "not formatted (make format):"; echo "$$unformatted"; exit 1; }

.PHONY: vet
vet: # go vet
	@go vet ./...

.PHONY: lint
lint: ## The linters; the scripts too, where shellcheck is installed
	@scripts/tool.sh golangci-lint run ./...
	@if command -v shellcheck >/dev/null; then shellcheck scripts/*.sh .ci/run; else echo "shellcheck is not installed: scripts not checked"; fi

.PHONY: generate
generate: ## Write the generated files anew
	@go generate ./...

.PHONY: generated
generated: # Fail when a generated file is not up to date
	@scripts/generated.sh

.PHONY: clean
clean: ## Remove what was built, tools included
	@rm -rf bin

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
