# One program per module: one block each, in alphabetical order.
UNIT_LIBS = libcore.a $(CORE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS =

UNIT_TESTS += tests/unit/test_err
tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_LDADD = $(UNIT_LIBS)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
AM_TESTS_ENVIRONMENT = OPSDECK_SRCDIR=$(abs_top_srcdir); export OPSDECK_SRCDIR;
