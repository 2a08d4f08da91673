libcore_a_SOURCES += \
	src/base/buf.h \
	src/base/child.h \
	src/base/clock.h \
	src/base/err.h \
	src/base/file.h \
	src/base/hash.h \
	src/base/log.h \
	src/base/loop.h \
	src/base/mem.h \
	src/base/safe.h \
	src/base/strs.h
