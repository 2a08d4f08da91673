# Files in here need no entry: Makefile.am finds them (DATA_DIRS).
EXTRA_DIST += themes/local.mk
nobase_dist_pkgdata_DATA += themes/contrast.yml themes/dark.yml themes/light.yml
