# Checks against recorded outputs: a made-up folder for the unit test, a real one where there is one.
ROWS_FILES = tests/rows/EXPECT.tsv tests/rows/printed.txt \
	tests/rows/checks/pool-space/check.yml tests/rows/checks/pools/check.yml \
	tests/rows/checks/unread.yml \
	tests/rows/out/denied.txt tests/rows/out/list.json tests/rows/out/offline.txt \
	tests/rows/out/ok.txt tests/rows/out/remark.txt tests/rows/out/silent.txt \
	tests/rows/out/space.txt tests/rows/out/warned.json
ROWS_TESTS = tests/rows/lint.sh tests/rows/recorded.sh tests/rows/table.sh
TESTS += $(ROWS_TESTS)
EXTRA_DIST += $(ROWS_TESTS) $(ROWS_FILES) tests/rows/local.mk

update-table: opsdeck$(EXEEXT)
	sh $(srcdir)/checks/table.sh ./opsdeck$(EXEEXT)
.PHONY: update-table
