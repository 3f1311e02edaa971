# Everything installs what it needs first; nothing else has to be typed on a fresh Debian 12.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# A Node.js that `packages` had to fetch goes before the machine's own.
export PATH := $(CURDIR)/target/tools/node_modules/.bin:$(PATH)

.PHONY: help packages page build demo test lint stories bench image test-image deny clean

help: ## says what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | column -t -s $$'\t'

packages: ## installs what building and testing need
	@.ci/packages

page: packages ## builds the recruiter's page
	@.ci/page

build: page ## builds the page, the service and the booth
	cargo build --locked -p engawa-service -p engawa-booth

demo: build ## shows an interview: a service, a booth, and an address to open
	@assets/demo/demo.sh

test: packages ## checks everything, at the end whole interviews in a real browser
	@.ci/test

lint: packages ## the quick part of test: format, clippy, types, shell
	@.ci/test lint

stories: packages ## only the whole interviews
	@.ci/test stories

bench: page ## measures latency, start of a call, load and bad lines
	@tests/bench/run.sh

image: packages ## builds the booth's test image from Debian packages into target/image (as root)
	@tests/image/make.sh

test-image: packages ## builds the test image and tells the appliance's stories in QEMU, STORIES or WITHIN seconds (as root)
	@tests/image/stories.sh $(if $(WITHIN),--within $(WITHIN)) $(STORIES)

deny: packages ## looks through licences, sources and advisories of what we depend on
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check

clean: ## removes everything that was built
	rm -rf target ui/recruiter/dist ui/recruiter/node_modules tests/node_modules
