# Fuzz targets, for clang:  ./configure CC=clang --enable-fuzzers && make fuzz FUZZ_SECONDS=60
# A reader of outside bytes adds a block in alphabetical order, and may have a folder of seeds
# tests/fuzz/NAME.seeds/ whose files stand in EXTRA_DIST.
FUZZ_SECONDS = 10
FUZZ_TARGETS =
FUZZ_LIBS = libcore.a $(CORE_LIBS)
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer

if FUZZERS
FUZZ_TARGETS += tests/fuzz/fuzz_safe
tests_fuzz_fuzz_safe_SOURCES = tests/fuzz/fuzz_safe.c
tests_fuzz_fuzz_safe_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_safe_LDFLAGS = $(FUZZ_LINK)
endif

EXTRA_PROGRAMS += $(FUZZ_TARGETS)

# What a run finds new stays in NAME.corpus beside the program, for the next run.
fuzz: $(FUZZ_TARGETS)
	@for t in $(FUZZ_TARGETS); do \
		seeds=$(top_srcdir)/$$t.seeds; test -d $$seeds || seeds=; \
		mkdir -p $$t.corpus && \
		./$$t -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$$t. $$t.corpus $$seeds \
			>$$t.log 2>&1 || { cat $$t.log; echo "FAIL $$t"; exit 1; }; \
	done
.PHONY: fuzz
