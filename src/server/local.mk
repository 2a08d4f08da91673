libcore_a_SOURCES += \
	src/server/accepted.h \
	src/server/change.h \
	src/server/core.h \
	src/server/sweep.h
