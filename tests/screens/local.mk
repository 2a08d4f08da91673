# The cockpit over a made-up store, driven by scripts; what it draws is compared with golden files.
screen_files = tests/screens/actions.script tests/screens/browse.script tests/screens/approve.script tests/screens/small.script \
	tests/screens/keys.script
screen_goldens = tests/screens/golden

check_PROGRAMS += tests/screens/fill_store tests/screens/play_server tests/screens/pty \
	tests/screens/screen
tests_screens_fill_store_SOURCES = tests/screens/fill_store.c
tests_screens_fill_store_LDADD = libcore.a $(CORE_LIBS)
tests_screens_play_server_SOURCES = tests/screens/play_server.c
tests_screens_play_server_LDADD = libcore.a $(CORE_LIBS)
tests_screens_pty_SOURCES = tests/screens/pty.c
tests_screens_pty_LDADD = libcore.a $(CORE_LIBS) -lutil
tests_screens_screen_SOURCES = tests/screens/screen.c
tests_screens_screen_LDADD = libui.a libcore.a $(CORE_LIBS) $(NCURSESW_LIBS)

TESTS += tests/screens/private.sh tests/screens/pty.sh tests/screens/screens.sh
EXTRA_DIST += tests/screens/local.mk tests/screens/private.sh tests/screens/pty.sh tests/screens/screens.sh $(screen_files) $(screen_goldens)

update-goldens: $(check_PROGRAMS)
	OPSDECK_SRCDIR=$(abs_top_srcdir) $(srcdir)/tests/screens/screens.sh --update
.PHONY: update-goldens
