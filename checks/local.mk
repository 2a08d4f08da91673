# Files in here need no entry: Makefile.am finds them (DATA_DIRS).
EXTRA_DIST += checks/local.mk
