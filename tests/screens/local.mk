EXTRA_DIST += tests/screens/local.mk

check_PROGRAMS += tests/screens/fill_store tests/screens/screen
tests_screens_fill_store_SOURCES = tests/screens/fill_store.c
tests_screens_fill_store_LDADD = libcore.a $(CORE_LIBS)
tests_screens_screen_SOURCES = tests/screens/screen.c
tests_screens_screen_LDADD = libui.a libcore.a $(CORE_LIBS) $(NCURSESW_LIBS)
