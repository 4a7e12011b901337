# Varde: build, test and demonstrate. On a Debian machine with Swift, as root.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD = swift build -c release --static-swift-stdlib

.PHONY: build install packages demo test test-build test-unit test-twin test-changed test-long fuzz simulate bench lint docs clean

build: packages
	$(BUILD) --product varde
	$(BUILD) --product varde-agent
	@mkdir -p bin
	@install -m 755 "$$($(BUILD) --show-bin-path)/varde" bin/varde
	@install -m 755 "$$($(BUILD) --show-bin-path)/varde-agent" bin/varde-agent
	@strip bin/varde bin/varde-agent
	@ls -l bin

install: build
	install -D -m 755 bin/varde $(DESTDIR)$(PREFIX)/bin/varde
	install -D -m 755 bin/varde-agent $(DESTDIR)$(PREFIX)/libexec/varde/varde-agent
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	bin/varde --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/varde
	install -d $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	bin/varde --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_varde
	bin/varde --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/varde.fish

packages:
	@Scripts/install-packages

demo: build
	Scripts/demo

test: test-unit test-twin

# The product and its tests, once, in one configuration.
test-build: packages
	Scripts/install-packages ceph-base
	swift build --build-tests

# A minute; the agent as a process; then CRUSH beside Ceph's own tool, whose work would keep all else waiting.
test-unit: test-build
	swift test --skip-build --skip 'LabTests|TwinTests|CrushTests'
	swift test --skip-build --filter CrushTests

# Real hosts, suites side by side.
test-twin: test-build
	Scripts/test-twin

# What the rooms can affect that have changed since BASE (default: the last commit, and what is not committed).
test-changed: test-build
	Scripts/test-changed $(BASE)

# Every boundary at which a controller can be killed, a million inputs for each decoder, 50,000 seeds, faults in the product.
test-long: test-build
	VARDE_LONG=1 Scripts/test-twin
	Scripts/ceph-tools-unstable /var/lib/varde/ceph-tools
	VARDE_CRUSHTOOL_20=/var/lib/varde/ceph-tools/crushtool VARDE_CRUSH_MAPS=2000 VARDE_OSD_MAPS=200 VARDE_CLUSTERS=50 swift test --filter CrushTests
	$(MAKE) fuzz simulate
	Scripts/faults

# A million inputs for each decoder: an hour. VARDE_FUZZ_SEED=N is a former run once more.
fuzz:
	VARDE_FUZZ=1000000 swift test --filter FuzzTests

# Seeds of the simulated world: a quarter of an hour. VARDE_SEED=N tells what happens in one.
simulate:
	VARDE_SEEDS=50000 swift test --filter SimulationTests

bench: build
	Benchmarks/run

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

docs: build
	bin/varde reference > docs/site-reference.md
	Scripts/write-command-pages

clean:
	rm -rf .build bin
