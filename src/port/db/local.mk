libcore_a_SOURCES += \
	src/port/db/db.c src/port/db/db.h \
	src/port/db/db_busy.c src/port/db/db_busy.h \
	src/port/db/db_fail.c \
	src/port/db/db_open.c \
	src/port/db/db_sqlite.h
