# Propusk. `make help` says what there is; `make run` is where to begin.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Version stamps want git to trust the clone's owner, and nothing here reads them. Without paths in what is compiled, clones
# and the copies that tests make share one build cache.
export GOFLAGS := $(GOFLAGS) -buildvcs=false -trimpath

# Directories of the workspace's modules, and all their packages.
MODULES  := $(shell sed -n 's|^[[:space:]]*\./||p' go.work)
PACKAGES := $(MODULES:%=./%/...)
BIN      := $(CURDIR)/.bin

GOTESTSUM := v1.13.0

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start everything in one process, without Docker (Ctrl-C stops)
	@deploy/dev/build out/propusk ./services/allinone/cmd/propusk
	@exec out/propusk

.PHONY: build
build: ## Compile every service into ./out
	@for d in services/*/cmd/*/main.go; do s=$$(basename $$(dirname $$d)); \
	  deploy/dev/build out/$$s ./$$(dirname $$d); done

# Tests ------------------------------------------------------------------------

.PHONY: test
test: .bin/.gotestsum-$(GOTESTSUM) ## Run every test with the race detector, on real Postgres, NATS and Redis
	@deploy/dev/test $(PACKAGES)

.PHONY: test-kill
test-kill: ## Kill every service and store in turn, ten rounds, and check the invariants
	@go test ./services/allinone -count=1 -v -timeout 60m -run TestKill -kill.rounds=10

.PHONY: test-attack
test-attack: ## Guess, race and time as an attacker would, ten rounds of each attack
	@go test ./services/allinone -count=1 -v -timeout 60m -run TestAttack -attack.rounds=10

.PHONY: test-pages
test-pages: ## Walk every step of every flow of pages with each disturbance: back, reload, a second tab, an ended session …
	@go test ./services/allinone -count=1 -v -timeout 90m -run TestPages -pages.all

.PHONY: test-api
test-api: ## Send the REST API for ten minutes what its description does and does not allow
	@go test ./services/allinone -count=1 -v -timeout 30m -run TestFuzzREST -rest.fuzz=10m

.PHONY: screenshots
screenshots: ## Take pictures of every page in every state, in both languages, light and dark, narrow and wide: ./out/screenshots
	@rm -rf out/pages out/screenshots && mkdir -p out/pages
	@PROPUSK_PAGES_DIR=$(CURDIR)/out/pages go test ./services/web/internal/... ./services/sandbox/internal/pages -count=1 -run 'TestEveryPage|TestEveryPart'
	@deploy/dev/npm services/allinone/browser
	@CHROMIUM=$$(deploy/dev/chromium) node services/allinone/browser/screenshots.mjs out/pages out/screenshots

.PHONY: test-compose
test-compose: ## Run the whole journey against the containers of docker-compose.yml
	@deploy/test-compose

.PHONY: test-upgrade
test-upgrade: ## Replace the containers of an older version by these, under traffic
	@deploy/test-upgrade

.PHONY: bench
bench: ## Measure the running platform, as ratios within one run
	@deploy/dev/build out/propusk ./services/allinone/cmd/propusk
	@deploy/dev/build out/bench ./services/allinone/cmd/bench
	@exec out/bench

# Code -------------------------------------------------------------------------

.PHONY: lint
lint: tools proto/third_party/.printed ## Check style, contracts, generated code, and that each module stands alone
	@MODULES="$(MODULES)" deploy/dev/lint

.PHONY: gen
gen: tools proto/third_party/.printed ## Make anew what is generated: from contracts, queries, pages, and the services' declarations
	@deploy/dev/gen

.PHONY: tidy
tidy: ## Bring every module's requirements up to date, each by itself
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy) || exit 1; done

# What our contracts import (google/api, buf/validate), printed out of pinned Go modules.
proto/third_party/.printed: proto/go.mod proto/cmd/print-imports/main.go
	@echo "gen: imported contracts"
	@rm -rf proto/third_party && cd proto && go run ./cmd/print-imports third_party
	@touch $@

# Containers -------------------------------------------------------------------

.PHONY: up
up: ## Start every service in a container of its own, and wait until all are healthy
	@docker compose build
	@docker compose run --rm --no-deps secrets # a PROPUSK_KEK that does not fit stops here, before containers are replaced
	@docker compose up --detach --wait

.PHONY: upgrade
upgrade: ## Replace the running containers by this version, without stopping the installation
	@deploy/upgrade

.PHONY: down
down: ## Stop the containers; their data stays
	@docker compose down

.PHONY: clean
clean: ## Remove what was built; the data in ./var stays
	@rm -rf out .bin proto/third_party

# Tools ------------------------------------------------------------------------
# Built from pinned modules into ./.bin; the stamp's name carries the version, so a new pin builds anew. Without C: sqlc's parser of
# PostgreSQL's grammar takes a minute to compile, and is there as WebAssembly too.

define tool
TOOLS += .bin/.$(1)-$(3)
.bin/.$(1)-$(3):
	@echo "tools: building $(1) $(3)"
	@GOBIN="$(BIN)" GOWORK=off CGO_ENABLED=0 go install $(2)@$(3)
	@rm -f .bin/.$(1)-v* && touch $$@
endef
$(eval $(call tool,protoc-gen-go,google.golang.org/protobuf/cmd/protoc-gen-go,v1.36.12))
$(eval $(call tool,protoc-gen-go-grpc,google.golang.org/grpc/cmd/protoc-gen-go-grpc,v1.6.2))
$(eval $(call tool,protoc-gen-grpc-gateway,github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway,v2.32.0))
$(eval $(call tool,protoc-gen-openapiv3,github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv3,v2.32.0))
$(eval $(call tool,sqlc,github.com/sqlc-dev/sqlc/cmd/sqlc,v1.31.1))
$(eval $(call tool,templ,github.com/a-h/templ/cmd/templ,v0.3.977))
$(eval $(call tool,golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint,v2.15.0))
$(eval $(call tool,gotestsum,gotest.tools/gotestsum,$(GOTESTSUM)))

# buf is to be had compiled, and takes a minute to compile.
TOOLS += .bin/buf
.bin/buf: deploy/dev/buf/package-lock.json
	@echo "tools: fetching buf"
	@deploy/dev/npm deploy/dev/buf
	@mkdir -p $(BIN) && ln -sf ../deploy/dev/buf/node_modules/.bin/buf $@

.PHONY: tools
tools: $(TOOLS)
