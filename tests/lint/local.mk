# Lints are tests: what they watch stays so.
LINTS = tests/lint/banned.sh tests/lint/closed_world.sh tests/lint/core_links.sh tests/lint/format.sh tests/lint/headers.sh \
	tests/lint/includes.sh tests/lint/selftest.sh tests/lint/shell.sh tests/lint/sizes.sh
TESTS += $(LINTS)
EXTRA_DIST += $(LINTS) tests/lint/local.mk
