libcore_a_SOURCES += \
	src/port/repo/repo.h
