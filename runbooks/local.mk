# Files in here need no entry: Makefile.am finds them (DATA_DIRS).
EXTRA_DIST += runbooks/local.mk
