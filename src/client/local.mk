libcore_a_SOURCES += \
	src/client/client.c src/client/client.h \
	src/client/start.c
