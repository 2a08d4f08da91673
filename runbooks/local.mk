EXTRA_DIST += runbooks/local.mk
