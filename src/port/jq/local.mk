libcore_a_SOURCES += \
	src/port/jq/program.c \
	src/port/jq/program.h \
	src/port/jq/tokens.c \
	src/port/jq/value.c \
	src/port/jq/value.h
