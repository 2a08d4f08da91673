EXTRA_DIST += tests/screens/local.mk
