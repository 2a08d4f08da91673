EXTRA_DIST += tests/bench/local.mk
EXTRA_DIST += tests/bench/screen
