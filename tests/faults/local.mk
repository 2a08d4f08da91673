EXTRA_DIST += tests/faults/local.mk
