# Everything sets itself up: see scripts/setup.
.PHONY: help setup build demo test test-slow lint format bench fuzz sanitize torture soak completions man install package image clean


help:
	@echo "make demo    set up, build, hunt in a generated day of CloudTrail"
	@echo "make test    set up, build, run every test"
	@echo "make lint    check the style"
	@echo "make format  apply the style"
	@echo "make install PREFIX=/usr/local    the binary, shell completions, man pages"
	@echo "make package   a Debian package of it"
	@echo "make image   a container's image of the package, by buildah"
	@echo "make fuzz SECONDS=60    feed every reader what libFuzzer makes up"
	@echo "make sanitize    run the tests with the address and the thread sanitizer"
	@echo "make test-slow    what takes too long for every change: more processes that are killed, a slower day"
	@echo "make soak MINUTES=30    a day of the service in so many minutes: memory and open files stay, alerts are those of a hunt"
	@echo "make torture KILLS=2000    kill ingestions, runs and backups at random moments, and look what is left"
	@echo "make bench   measure against the machine's limit, DuckDB and chDB"

setup:
	@scripts/setup

build: setup
	swift build -c release --product martlet

demo: build
	@scripts/demo

test: setup
	@scripts/test

lint:
	@scripts/lint

format:
	swift format --in-place --parallel --recursive Package.swift Plugins Sources Tests

bench: setup
	@Benchmarks/run
	@Benchmarks/store
	@Benchmarks/languages

fuzz: setup
	@scripts/fuzz "$(or $(SECONDS),60)" $(TARGETS)

sanitize: setup
	@scripts/sanitize $(FILTER)

test-slow: setup
	MARTLET_KILLS=200 MARTLET_DAY_SECONDS=600 swift test --filter "TortureTests|ServeTests|DayTests"

# The service in four parts: Foundation's Process, which starts it, has itself crashed after some 1,400 starts in one process.
torture: setup
	MARTLET_KILLS="$(or $(KILLS),2000)" swift test --filter TortureTests
	for part in 1 2 3 4; do MARTLET_KILLS="$$(( $(or $(KILLS),2000) / 4 ))" swift test --filter ServeTests || exit 1; done

soak: setup
	MARTLET_DAY_SECONDS="$$(( $(or $(MINUTES),30) * 60 ))" swift test --filter DayTests

completions: build
	@scripts/completions

man: build
	@scripts/man

install: completions man
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

package: completions man
	@scripts/package

image: package
	@scripts/image --try

clean:
	rm -rf .build .build-*
