EXTRA_DIST += checks/local.mk
