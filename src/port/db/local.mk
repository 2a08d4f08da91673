libcore_a_SOURCES += \
	src/port/db/db.c src/port/db/db.h \
	src/port/db/db_busy.c src/port/db/db_busy.h
