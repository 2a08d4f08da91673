EXTRA_DIST += tests/lint/local.mk
