libcore_a_SOURCES += \
	src/port/jq/program.h
