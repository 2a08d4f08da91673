libcore_a_SOURCES += \
	src/port/transport.h
