EXTRA_DIST += themes/local.mk
