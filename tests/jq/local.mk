# Our jq and libjq, held to the same cases and to all samples of all checks.
UNIT_TESTS += tests/jq/test_jq
tests_jq_test_jq_SOURCES = tests/jq/test_jq.c
tests_jq_test_jq_LDADD = $(UNIT_LIBS)
if HAVE_LIBJQ
LIBJQ_SOURCES = tests/jq/libjq_program.c tests/jq/libjq_value.c tests/jq/libjq_value.h
UNIT_TESTS += tests/jq/test_libjq tests/jq/test_checks_libjq
tests_jq_test_libjq_SOURCES = tests/jq/test_jq.c $(LIBJQ_SOURCES)
tests_jq_test_libjq_CPPFLAGS = $(AM_CPPFLAGS) -DWITH_LIBJQ
tests_jq_test_libjq_LDADD = $(UNIT_LIBS) $(JQ_LIBS)
tests_jq_test_checks_libjq_SOURCES = tests/unit/test_checks.c $(LIBJQ_SOURCES)
tests_jq_test_checks_libjq_LDADD = $(UNIT_LIBS) $(JQ_LIBS)
endif
EXTRA_DIST += tests/jq/cases.txt tests/jq/local.mk
