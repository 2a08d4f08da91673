libcore_a_SOURCES += \
	src/port/transport.h \
	src/port/local.c src/port/local.h \
	src/port/replay.c src/port/replay.h
