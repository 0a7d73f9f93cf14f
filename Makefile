# Builds, shows and tests tidegate. `make help` lists what there is.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# Where rustup and Go put themselves, also for a shell that does not know it.
export PATH := $(HOME)/.cargo/bin:/usr/local/go/bin:$(PATH)

CARGO ?= cargo

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/\1\t\2/' | expand -t 16

.PHONY: policies
policies: ## builds the policies into components
	@./scripts/install-tools compiler
	$(CARGO) run --quiet --package xtask -- policies --install

.PHONY: build
build: policies ## builds target/release/tidegate
	$(CARGO) build --release

.PHONY: image
image: build ## makes target/tidegate-image.tar, an image of the gate, without a daemon
	$(CARGO) run --quiet --package xtask -- image

.PHONY: demo
demo: policies ## shows the gate at work over TLS, without a cluster
	$(CARGO) run --quiet -- demo

.PHONY: docs
docs: policies ## writes docs/rules/, the CRDs, the chart's templates and the ConfigMaps of manifests/ from what they are made of
	TIDEGATE_WRITE_DOCS=1 $(CARGO) test --test rules -- reference_is_current
	TIDEGATE_WRITE_DOCS=1 $(CARGO) test --test crds
	TIDEGATE_WRITE_DOCS=1 $(CARGO) test --test chart -- templates_are_current
	TIDEGATE_WRITE_DOCS=1 $(CARGO) test --test manifest_scripts -- the_config_maps_hold_the_scripts

.PHONY: cluster
cluster: ## builds Kubernetes, kubectl, helm and kubeseal for the tests
	@./scripts/install-tools go
	@tests/cluster/build.sh

.PHONY: servers
servers: ## fetches MariaDB and MySQL for the tests, installing nothing
	@./scripts/real-servers

.PHONY: node
node: cluster ## builds a Kubernetes node for the tests, with images of MySQL and MariaDB
	@if tests/node/allowed.sh >&2; then \
		./scripts/install-tools node && tests/node/build.sh && tests/node/images/build.sh; fi

.PHONY: monitoring
monitoring: ## builds promtool, which tries the alerts
	@./scripts/install-tools go
	@tests/monitoring/promtool/build.sh

# axe-core looks for what keeps people out; it is only fetched, and a test does without it where there is no npm.
AXE := $(or $(CARGO_TARGET_DIR),target)/browser/axe.min.js

.PHONY: browser
browser: ## installs Chromium for the tests of the HTML report
	@./scripts/install-tools browser
	@if [ ! -e $(AXE) ] && command -v npm >/dev/null; then ./scripts/axe-core $(AXE); fi

.PHONY: test
test: policies cluster servers browser ## runs every test but those of test-node and test-replication
	@./scripts/install-tools shells pipelines registry authors
	$(CARGO) test --workspace
	$(CARGO) test --manifest-path policies/Cargo.toml --workspace

.PHONY: test-node
test-node: policies node ## the tests that need a node on which Pods run
	$(CARGO) test --workspace --test node

.PHONY: test-replication
test-replication: servers ## the reference manifests' scripts on real servers, as root
	@./scripts/install-tools shells network
	$(CARGO) test --workspace --test replication

.PHONY: chaos
chaos: policies cluster ## kills gate, API server and etcd at random for five minutes
	TIDEGATE_CHAOS_SECONDS=300 $(CARGO) test --test e2e -- --nocapture chaos

.PHONY: malformed
malformed: policies ## feeds the gate a hundred thousand malformed policies
	TIDEGATE_MALFORMED=100000 $(CARGO) test --test wasm -- malformed

.PHONY: lint
lint: policies ## formatters, linters, licences
	@./scripts/install-tools linters go
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path policies/Cargo.toml --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) clippy --manifest-path policies/Cargo.toml --workspace --all-targets -- -D warnings
	test -z "$$(gofmt -l tests/cluster tests/node)"
	shellcheck tests/node/*.sh tests/node/images/*.sh tests/monitoring/promtool/*.sh
	$(CARGO) run --quiet --package xtask -- licences

.PHONY: bench
bench: policies cluster ## measures admissions, policies, audits and repairs, side by side
	$(CARGO) bench --bench admission
	$(CARGO) bench --bench policies
	$(CARGO) bench --bench audit

.PHONY: bench-node
bench-node: policies node ## measures installing, deploying, and the gate in its pod, on nodes
	$(CARGO) test --workspace --test node -- --ignored --exact --nocapture figures::figures

.PHONY: format
format: ## formats all sources
	$(CARGO) fmt --all
	$(CARGO) fmt --manifest-path policies/Cargo.toml --all

.PHONY: clean
clean: ## removes everything that was built
	$(CARGO) clean
	$(CARGO) clean --manifest-path policies/Cargo.toml
