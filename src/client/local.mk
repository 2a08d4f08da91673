libcore_a_SOURCES += \
	src/client/client.h
