# All that a person types. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test check bench mutants services lint

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

run: ## install what is missing, build, and start a demonstration hospital
	@scripts/install.sh run
	cargo build --release --locked --package healthcare-api --bin healthcare
	exec target/release/healthcare serve --demo

test: ## everything: format, lints, unit tests, integration tests on a real PostgreSQL, Redis and Kafka
	@scripts/install.sh test
	cargo fmt --all --check
	scripts/lint.sh
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@# Many tests wait more than they work: for a code of the next half minute, a timer, a process.
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-4} scripts/count-tests.sh cargo test --workspace --locked --no-fail-fast

check: ## the quick part of test: format, types, lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

bench: ## measure against PostgreSQL itself on this machine; writes target/bench.json and docs/BENCHMARKS.md
	@scripts/install.sh test
	cargo build --release --locked --workspace
	cargo run --release --locked --package healthcare-tests --bin bench

mutants: ## change scores and evaluator in one place at a time: does a test notice? writes docs/MUTANTS.md
	@scripts/mutants.sh

services: ## a Kafka and a Redis for a developer, until Ctrl-C
	@scripts/install.sh test
	@scripts/services.sh

lint: ## Dockerfile, compose, YAML, alerts, shell: the part of test that needs no build
	@scripts/install.sh test
	scripts/lint.sh
