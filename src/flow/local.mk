libcore_a_SOURCES += \
	src/flow/fleet.h \
	src/flow/collect.h
