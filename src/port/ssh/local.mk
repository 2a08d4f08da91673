libcore_a_SOURCES += \
	src/port/ssh/ssh.h
