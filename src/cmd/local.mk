bin_PROGRAMS += opsdeck
opsdeck_SOURCES = src/main.c
opsdeck_LDADD = libui.a libcore.a $(CORE_LIBS) $(NCURSESW_LIBS)
