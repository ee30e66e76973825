# InterLink. `make help` lists what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

NODE := node --conditions=interlink-source
# Changes when the lock file does: then everything is installed anew.
INSTALLED := node_modules/.installed

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "  make %-11s %s\n", $$1, $$2 }'

install: $(INSTALLED) ## Installs the npm packages, the pinned Node among them

$(INSTALLED): package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

check: static $(INSTALLED) ## The inner loop: types, lint, dependency rule, unit tests; no root, no network, no daemon
	vitest run --project unit

static: $(INSTALLED)
	tsc --noEmit
	biome check --error-on-warnings .
	node scripts/check-dependencies.ts
	$(NODE) scripts/write-docs.ts --check

test: static ## Everything: check, then integration and end-to-end tests on a real Kubernetes API server and Docker Engine
	$(NODE) test/testbed/setup-debian.ts
	vitest run

demo: $(INSTALLED) ## The main job, shown: a pod runs behind a virtual node, its states and its log come back (CLUSTER=real, CLUSTER=existing)
	@CLUSTER=$(CLUSTER) $(NODE) scripts/demo.ts

testbed: $(INSTALLED) ## Starts the test servers for hand work and prints the environment to use (SLURM=1: Slurm, too)
	@SLURM=$(SLURM) $(NODE) test/testbed/main.ts

bench: $(INSTALLED) ## Measures pods through the whole path: see bench/README.md (PODS=500)
	@$(NODE) bench/pods.ts --pods $(or $(PODS),500)

bench-scale: $(INSTALLED) ## Compares many pods on one virtual node with KWOK: see bench/README.md (PODS=500,2000,10000 ROUNDS=1)
	@$(NODE) bench/scale.ts $(if $(PODS),--pods $(PODS)) --rounds $(or $(ROUNDS),1)

soak: $(INSTALLED) ## Endures every fault of docs/reliability.md at full length, again and again: an hour (RUNS=10 OUTAGE=300)
	@$(NODE) scripts/soak.ts --runs $(or $(RUNS),10) --outage $(or $(OUTAGE),300)

fuzz: $(INSTALLED) ## Feeds every parser what is none of its format: see docs/security.md (INPUTS=1000000 SEED=1 TARGET=squeue)
	@$(NODE) test/fuzz/main.ts --inputs $(or $(INPUTS),1000000) $(if $(SEED),--seed $(SEED)) $(if $(TARGET),--target $(TARGET))

chaos: $(INSTALLED) ## Faults at random, singly and mixed, under load, by seeds: docs/reliability.md (FROM=1 TO=200; goes on where it was; SELECTION=1: each fault once; SITE=disk, docker or slurm: what pods run on)
	@$(NODE) test/chaos/main.ts --from $(or $(FROM),1) --to $(or $(TO),200) --site $(or $(SITE),process) $(if $(SELECTION),--selection)

vk: NAMES = vk
interlink: NAMES = interlink
sidecars: NAMES = docker-sidecar slurm-sidecar mock-sidecar process-sidecar
all: NAMES = vk interlink docker-sidecar slurm-sidecar mock-sidecar process-sidecar
all vk interlink sidecars: $(INSTALLED)
	@$(NODE) scripts/build-binaries.ts $(NAMES) $(if $(ARCH),--arch $(ARCH))

all: ## Builds every executable into bin/, each a single file that needs no Node (ARCH=arm64: into bin/linux-arm64)
vk: ## Builds bin/vk
interlink: ## Builds bin/interlink
sidecars: ## Builds bin/docker-sidecar, bin/slurm-sidecar, bin/mock-sidecar and bin/process-sidecar

build: $(INSTALLED) ## Compiles every package to dist/
	tsc -b packages/cli

npm: build ## Packs every package for npm, into npm/
	@for package in packages/*; do cp LICENSE "$$package"; done
	@mkdir -p npm
	@npm pack --silent --workspaces --pack-destination npm

docs: $(INSTALLED) ## Writes the parts of the documents that follow from the code
	$(NODE) scripts/write-docs.ts

screenshots: $(INSTALLED) ## Takes the pictures of docs/images anew, with Chromium
	@$(NODE) scripts/screenshots.ts

format: $(INSTALLED) ## Formats the sources and applies safe fixes
	biome check --write .

clean: ## Removes what was built and installed
	rm -rf node_modules bin npm packages/*/dist packages/*/LICENSE packages/*/*.tsbuildinfo

.PHONY: help install check static test demo testbed bench soak chaos fuzz all vk interlink sidecars build npm docs screenshots format clean
