libcore_a_SOURCES += \
	src/port/transport.h \
	src/port/local.h \
	src/port/replay.h
