libcore_a_SOURCES += \
	src/flow/fleet.h
