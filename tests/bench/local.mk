EXTRA_DIST += tests/bench/local.mk
