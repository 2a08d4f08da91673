# ncursesw.pc injects -D_XOPEN_SOURCE=600; config.h's own definitions come first.
noinst_LIBRARIES += libui.a
libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSESW_CFLAGS)
libui_a_SOURCES = ui/ui.h ui/ui.c
