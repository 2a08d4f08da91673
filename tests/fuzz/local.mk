EXTRA_DIST += tests/fuzz/local.mk
