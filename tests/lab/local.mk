EXTRA_DIST += tests/lab/local.mk
