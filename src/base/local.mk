libcore_a_SOURCES += \
	src/base/buf.c src/base/buf.h \
	src/base/child.c src/base/child.h \
	src/base/clock.c src/base/clock.h \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/hash.c src/base/hash.h \
	src/base/log.c src/base/log.h \
	src/base/loop.c src/base/loop.h \
	src/base/mem.c src/base/mem.h \
	src/base/safe.c src/base/safe.h \
	src/base/safe_table.c src/base/safe_table.h \
	src/base/sock.c src/base/sock.h \
	src/base/spawn.c src/base/spawn.h \
	src/base/strs.c src/base/strs.h
EXTRA_DIST += tests/tools/safe-table.py
