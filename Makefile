# Lamina: `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
export LC_ALL := C
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# --- modes: objects of different flags never meet --------------------------------------------------------------
MODE ?= release
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
OPT_release  := -O2 -g
OPT_debug    := -O0 -g3
# -fsanitize leads gcc's -Wformat-overflow astray: it sees null pointers where the checks it added branch.
OPT_asan     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
                -Wno-format-overflow
OPT_coverage := -O0 -g --coverage
OPT_fuzz     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT := $(OPT_$(MODE))
ifeq ($(OPT),)
$(error MODE=$(MODE) is none of release, debug, asan, coverage, fuzz)
endif
B := build/$(MODE)-$(notdir $(CC))
.PRECIOUS: $(B)/%.o

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
        -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wno-unused-parameter
# clang takes INFINITY for a float that is promoted; gcc takes every %d for eleven digits, which clang has no word for.
WARN += $(if $(findstring clang,$(CC)),,-Wdouble-promotion -Wno-format-truncation)
WERROR ?= -Werror
Q := $(if $(V),,@)
PACKAGES := yaml-0.1 gsl openblas libprotobuf-c jansson zlib libisal libjpeg sqlite3 libxxhash
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
# GSL's own BLAS would hide OpenBLAS, which is more than 20 times faster.
PKG_LIBS := $(filter-out -lgslcblas,$(shell pkg-config --libs $(PACKAGES) 2>/dev/null))
# -ffp-contract=off: the same bits from gcc and clang at every optimisation level.
CFLAGS_ALL := -std=gnu17 -ffp-contract=off -pthread $(OPT) $(WARN) $(WERROR) -Isim -Isim/common -I. -I$(B)/gen $(PKG_CFLAGS) $(CFLAGS)
# Loops over pixels gain 2 to 8 times from vectorisation, which gcc leaves out at -O2; bits stay the same.
LAYERS_release := -O3 -fno-math-errno
# Products and sums become fused multiply-adds where the innermost loops of convolutions are.
CONTRACT := -ffp-contract=fast
LIBS_ALL := $(PKG_LIBS) -lm -pthread $(LDLIBS)

# --- sources ---------------------------------------------------------------------------------------------------
PROTOS := $(shell find sim $(wildcard kernels) -name '*.proto' | sort)
GEN_C := $(PROTOS:%.proto=$(B)/gen/%.pb-c.c)
GEN_H := $(GEN_C:.c=.h)
.SECONDARY: $(GEN_C) $(GEN_H)
LIB_C := $(shell find sim $(wildcard kernels) -name '*.c' ! -path 'sim/cli/main.c' | sort)
LIB_O := $(LIB_C:%.c=$(B)/%.o) $(GEN_C:.c=.o)
UNIT_C := $(shell find tests/unit -name 'test_*.c' 2>/dev/null | sort)
UNIT := $(UNIT_C:tests/unit/%.c=$(B)/tests/unit/%)
FUZZ_C := $(shell find tests/fuzz -name 'fuzz_*.c' 2>/dev/null | sort)
FUZZ := $(FUZZ_C:%.c=build/fuzz-clang/%)
FUZZ_T := $(FUZZ:%=%.t)
BENCH_C := $(shell find tests/bench -name 'bench_*.c' 2>/dev/null | sort)
BENCH := $(BENCH_C:tests/bench/%.c=$(B)/tests/bench/%)

.PHONY: all
all: $(B)/lamina ## build the program: build/release-gcc/lamina and ./lamina
	@ln -sfn $(B)/lamina lamina

$(B)/lamina: $(B)/sim/cli/main.o $(B)/liblamina.a
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

$(B)/liblamina.a: $(LIB_O)
	@rm -f $@
	$(Q)ar rcs $@ $^

# A changed flag rebuilds everything of its mode. Without the libraries, compilers would name a header but no package.
$(B)/flags: FORCE
	@pkg-config --print-errors --exists $(PACKAGES) || \
		{ echo 'libraries are missing; contrib/build/setup.sh build installs them' >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS_ALL) $(LAYERS_$(MODE))' | cmp -s - $@ || echo '$(CC) $(CFLAGS_ALL) $(LAYERS_$(MODE))' > $@
FORCE:

# Likewise a changed version recompiles the one file that contains it.
VERSION := $(shell contrib/build/version.sh)
$(B)/gen/lamina_version.h: FORCE
	@mkdir -p $(@D)
	@echo '#define LAMINA_VERSION "$(VERSION)"' | cmp -s - $@ || echo '#define LAMINA_VERSION "$(VERSION)"' > $@

$(B)/sim/common/base/version.o: $(B)/gen/lamina_version.h

# The style and the script of pages are part of the program, as C strings.
$(B)/gen/page_assets.h: plots/page/page.css plots/page/page.js
	@mkdir -p $(@D)
	@for file in $^; do \
		printf 'static const char %s[] =\n' "$$(basename "$$file" | tr . _)"; \
		sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/\t"&\\n"/' "$$file"; \
		echo ';'; \
	done >$@

$(B)/sim/report/page.o: $(B)/gen/page_assets.h

$(B)/%.o: %.c $(B)/flags | $(GEN_H)
	@mkdir -p $(@D)
	@echo '  CC  $<'
	$(Q)$(CC) $(CFLAGS_ALL) $(if $(filter kernels/layer/% kernels/operator/% kernels/conv/%,$<),$(LAYERS_$(MODE))) \
		$(if $(filter kernels/conv/%,$<),$(CONTRACT)) -MMD -MP -c -o $@ $<

# Generated protobuf code is not ours to warn about.
$(B)/gen/%.pb-c.o: $(B)/gen/%.pb-c.c $(B)/flags
	$(Q)$(CC) -std=gnu17 $(OPT) -I$(B)/gen $(PKG_CFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h &: %.proto
	@mkdir -p $(@D)
	$(Q)protoc-c --proto_path=. --c_out=$(B)/gen $<

$(B)/tests/%: $(B)/tests/%.o $(B)/liblamina.a
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

# --- tests: all of them speak TAP ------------------------------------------------------------------------------
CLI_TESTS := $(patsubst %/,%,$(sort $(dir $(wildcard tests/cli/*/*.sh))))
CLI_T := $(CLI_TESTS:tests/%=$(B)/tests/%.t)
LINT_T := $(wildcard tests/lint/*.t)

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/liblamina.a
	$(Q)$(CC) $(CFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS_ALL)

.PHONY: unit
unit: $(UNIT) $(B)/lamina ## run the unit tests
	@$(if $(UNIT),prove --exec tests/reasons.sh $(UNIT))

.PHONY: roundtrip
roundtrip: $(B)/tests/unit/test_roundtrip ## fit 1,000 functions to logs of theirs and simulate these again
	@ROUNDTRIP_FUNCTIONS=1000 $<

.PHONY: peers
peers: $(B)/tests/peers/peers ## laws of others and Lamina, from the same stated sizes, on every series that validation holds
	@$<

$(B)/tests/peers/peers $(B)/tests/unit/test_laws: $(B)/tests/peers/laws.o

.PHONY: intervals
intervals: $(B)/tests/unit/test_intervals ## how many 95 % intervals of every kind hold the truth (INTERVALS=0.9: at that load alone)
	@INTERVALS=$${INTERVALS:-all} $<

.PHONY: cli
cli: $(CLI_T) $(B)/lamina ## run the tests of the program from outside
	@prove --exec tests/reasons.sh $(CLI_T)

# Writes the ONNX files of tests from outside.
ONNX_WRITE := $(B)/tests/onnx/onnx_write

# Without weights, on which no time depends.
NETWORKS := alexnet vgg16 resnet50 squeezenet mobilenetv2 inceptionv3
.PHONY: networks
networks: $(NETWORKS:%=build/networks/%.onnx) ## ONNX files of well-known networks, without weights: build/networks (node)

# With weights, as what is compared with wants them: 900 MB in all.
WEIGHTED := alexnet vgg16 resnet50 mobilenetv2
build/networks/weights/%.onnx: tests/onnxruntime/networks.cjs $(ONNX_WRITE)
	@mkdir -p $(@D)
	@node $< $* weights > $(@D)/$*.txt
	@$(ONNX_WRITE) < $(@D)/$*.txt > $@.part
	@mv $@.part $@

build/networks/%.onnx: tests/onnxruntime/networks.cjs $(ONNX_WRITE)
	@mkdir -p $(@D)
	@node $< $* > $(@D)/$*.txt
	@$(ONNX_WRITE) < $(@D)/$*.txt > $@

$(CLI_T): $(B)/tests/%.t: Makefile | $(ONNX_WRITE)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec tests/cli/run.sh --program %s %s\n' $(B)/lamina tests/$* > $@
	@chmod +x $@

.PHONY: lint
lint: $(GEN_H) $(B)/lamina ## check the house rules: layers, headers, format, sizes
	@LAMINA_BUILD=$(B) prove --exec tests/reasons.sh $(LINT_T)

.PHONY: format
format: ## let clang-format have its way
	clang-format-14 -i $(shell find sim $(wildcard kernels) tests -name '*.[ch]')

.PHONY: print-libraries
print-libraries: ## what programs are linked with, for tools
	@echo '$(LIBS_ALL)'

.PHONY: print-compile
print-compile: ## the compiler and its flags, for tools
	@echo '$(CC) $(CFLAGS_ALL) $(LAYERS_$(MODE))'

.PHONY: test
test: $(UNIT) $(CLI_T) $(B)/lamina ## run unit and command-line tests of this MODE and CC
	@prove --exec tests/reasons.sh $(UNIT) $(CLI_T)

.PHONY: test-programs
test-programs: all $(UNIT) $(CLI_T) ## build everything that test runs
	@true

.PHONY: asan
asan: ## run unit and command-line tests under AddressSanitizer and UBSan
	+@$(MAKE) --no-print-directory MODE=asan test

# Those whose subject handles memory by itself; simulations are too slow there and have asan.
VALGRIND_UNIT := $(filter $(addprefix $(B)/tests/unit/test_,arena buf csv csv_read diag file json options table yaml bind \
                   profile wire record),$(UNIT))
VALGRIND_T := $(VALGRIND_UNIT:$(B)/tests/unit/%=$(B)/tests/valgrind/%.t)

$(VALGRIND_T): $(B)/tests/valgrind/%.t: $(B)/tests/unit/% Makefile
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec valgrind -q --error-exitcode=9 --leak-check=full %s\n' $< > $@
	@chmod +x $@

.PHONY: valgrind
valgrind: $(VALGRIND_T) ## run the unit tests of what handles memory under valgrind
	@prove --exec tests/reasons.sh $(VALGRIND_T)

# Fuzzers exist in one build only, whatever MODE and CC are.
FUZZ_SECONDS ?= 600

.PHONY: fuzz-programs
fuzz-programs: ## build the fuzzers
	+@$(MAKE) --no-print-directory MODE=fuzz CC=clang $(FUZZ) $(FUZZ_T)

build/fuzz-clang/tests/fuzz/%.t: Makefile
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec tests/fuzz/run.sh %s 5\n' $(@:.t=) > $@
	@chmod +x $@

.PHONY: fuzz
fuzz: fuzz-programs ## run every fuzzer for FUZZ_SECONDS (600)
	@for fuzzer in $(FUZZ); do tests/fuzz/run.sh $$fuzzer $(FUZZ_SECONDS) || exit 1; done

.PHONY: fuzz-brief
fuzz-brief: fuzz-programs ## run every fuzzer for 5 seconds
	@prove --exec tests/reasons.sh $(FUZZ_T)

.PHONY: extremes
extremes: $(B)/tests/unit/test_extremes $(B)/lamina ## every number of an experiment at its edges, in pairs too (an hour)
	@EXTREMES=all $< | grep -v '^ok'

.PHONY: kills
kills: $(B)/lamina ## end a sweep at 200 random moments; what it has finished must be there
	@KILLS=200 tests/cli/run.sh --program $(B)/lamina tests/cli/results/killed.sh

.PHONY: coverage
coverage: ## lines that the tests reach, file by file
	+@$(MAKE) --no-print-directory MODE=coverage CC=gcc test-programs
	@find build/coverage-gcc -name '*.gcda' -delete
	+@$(MAKE) --no-print-directory MODE=coverage CC=gcc test
	@contrib/build/coverage.sh build/coverage-gcc

MOST ?= 100

.PHONY: mutants
mutants: ## change FILE=sim/... one line at a time, at most MOST (100) times; list what no test notices
	+@contrib/mutants/mutants.pl --most $(MOST) $(FILE)

DETERMINISM_T := $(wildcard tests/determinism/*.sh)
FORMATS_T := tests/formats/formats.sh tests/formats/results.sh
ONNXRUNTIME_T := tests/onnxruntime/onnxruntime.sh
BROWSER_T := tests/browser/report.sh tests/browser/timeline.sh
BUILDS := release-gcc release-clang debug-gcc debug-clang

.PHONY: determinism-programs
determinism-programs: ## build the program with both compilers, with and without optimisation
	+@for build in $(BUILDS); do \
		$(MAKE) --no-print-directory MODE=$${build%-*} CC=$${build#*-} build/$$build/lamina || exit 1; done

.PHONY: determinism
determinism: determinism-programs ## the same bytes from all of them, for any number of threads, on any processor
	@prove --exec tests/reasons.sh $(DETERMINISM_T)

.PHONY: formats
formats: $(B)/lamina ## what plan --emit writes, read by other programs (installed through npm)
	@tests/formats/setup.sh
	@prove --exec tests/reasons.sh $(FORMATS_T)

.PHONY: onnxruntime
onnxruntime: $(B)/lamina $(ONNX_WRITE) ## whole networks give onnxruntime's answers (it is installed through npm)
	@tests/onnxruntime/setup.sh
	@prove --exec tests/reasons.sh $(ONNXRUNTIME_T)

.PHONY: browser
browser: $(B)/lamina ## pages of lamina report and timelines in a headless Chromium (from Debian, 120 MB with what it needs)
	@tests/browser/setup.sh
	@prove --exec tests/reasons.sh $(BROWSER_T)

# Everything is built first and tested by one prove, so that its summary is the last thing printed.
JOBS := $(shell nproc)
of_build = $(patsubst $(B)/%,build/$(1)/%,$(UNIT) $(CLI_T))

.PHONY: check
check: ## set up this machine, build with every compiler and mode, run every test
	@contrib/build/setup.sh check
	+@$(MAKE) --no-print-directory -j$(JOBS) MODE=release CC=clang test-programs
	+@$(MAKE) --no-print-directory -j$(JOBS) MODE=asan CC=gcc test-programs
	+@$(MAKE) --no-print-directory -j$(JOBS) determinism-programs
	+@$(MAKE) --no-print-directory -j$(JOBS) MODE=release CC=gcc test-programs valgrind-programs bench-programs
	+@$(MAKE) --no-print-directory -j$(JOBS) fuzz-programs
	@tests/formats/setup.sh || { echo 'tests/formats is left out' >&2; [ -z "$$CI" ]; }
	@tests/onnxruntime/setup.sh || { echo 'tests/onnxruntime is left out' >&2; [ -z "$$CI" ]; }
	@tests/browser/setup.sh || { echo 'tests/browser is left out' >&2; [ -z "$$CI" ]; }
	@prove -j$(JOBS) --timer --exec tests/reasons.sh $(call of_build,release-gcc) $(call of_build,release-clang) \
		$(call of_build,asan-gcc) $(patsubst $(B)/%,build/release-gcc/%,$(VALGRIND_T)) \
		$(FUZZ_T) $(LINT_T) $(DETERMINISM_T) $(FORMATS_T) $(ONNXRUNTIME_T) \
		$(BROWSER_T)

.PHONY: bench-programs
bench-programs: $(BENCH) ## build the benchmarks
	@true

ifneq ($(wildcard /usr/include/simgrid/actor.h),)
$(B)/tests/bench/bench_simgrid: LIBS_ALL += -lsimgrid
endif
ifneq ($(wildcard /usr/include/dnnl.h),)
$(B)/tests/bench/bench_conv: LIBS_ALL += -ldnnl -l:libgomp.so.1
endif
# Whether SimGrid and oneDNN are there can have changed since.
$(B)/tests/bench/bench_simgrid.o $(B)/tests/bench/bench_conv.o: FORCE

.PHONY: bench
bench: ## measure speed, about twenty minutes: a table here, results/bench.jsonl for programs
	@contrib/build/setup.sh bench || echo 'without SimGrid or oneDNN' >&2
	+@{ tests/onnxruntime/setup.sh && $(MAKE) --no-print-directory $(WEIGHTED:%=build/networks/weights/%.onnx); } || \
		echo 'without onnxruntime' >&2
	+@$(MAKE) --no-print-directory bench-run

# What others are compared with goes first.
.PHONY: bench-run
bench-run: $(BENCH) ## the same with what is installed
	@mkdir -p results
	@rm -f results/bench.jsonl.part
	@for program in $(filter %simgrid,$(BENCH)) $(filter-out %simgrid,$(BENCH)); do \
		LAMINA_BENCH_JSONL=results/bench.jsonl.part $$program || exit 1; done
	@mv results/bench.jsonl.part results/bench.jsonl

.PHONY: valgrind-programs
valgrind-programs: $(VALGRIND_T) ## build everything that valgrind runs
	@true

# --- installed tree --------------------------------------------------------------------------------------------
PREFIX ?= /usr/local
STAGE := $(B)/stage

.PHONY: stage
stage: $(B)/lamina ## the tree that install copies: program, data, manual pages, completions
	@contrib/build/stage.sh $(B)/lamina $(STAGE)

.PHONY: install
install: stage ## install under PREFIX (/usr/local), below DESTDIR
	@cd $(STAGE) && find . -type f -printf '%P\n' | while read -r file; do \
		mode=644; [ -x "$$file" ] && mode=755; \
		install -D -m $$mode "$$file" "$(DESTDIR)$(PREFIX)/$$file" || exit 1; done
	@echo 'installed below $(DESTDIR)$(PREFIX)'

.PHONY: uninstall
uninstall: stage ## remove what install installed
	@cd $(STAGE) && find . -type f -printf '%P\n' | while read -r file; do \
		rm -f "$(DESTDIR)$(PREFIX)/$$file"; done
	@rm -rf "$(DESTDIR)$(PREFIX)/share/lamina"

.PHONY: reproduce
reproduce: ## the paper, end to end: time the kernels, simulate, compare and draw, into results/
	@contrib/build/setup.sh reproduce
	+@$(MAKE) --no-print-directory -j$(JOBS) all
	@mkdir -p results
	./lamina profile alexnet-h1 -o results/profile.yaml
	./lamina paper --profile results/profile.yaml -o results

.PHONY: distcheck
distcheck: ## what git archive gives builds, installs, runs and uninstalls
	@contrib/build/distcheck.sh

-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build lamina

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z][a-z-]*):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-21s %s\n", $$1, $$2}'
	@echo '  MODE=release|debug|asan|coverage and CC=gcc|clang choose the build; V=1 shows the commands'
