libcore_a_SOURCES += \
	src/port/db/db.h
