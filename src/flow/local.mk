libcore_a_SOURCES += src/flow/record.h
libcore_a_SOURCES += \
	src/flow/collect.c src/flow/collect.h \
	src/flow/compare.h \
	src/flow/fleet.h \
	src/flow/parse.h
