libcore_a_SOURCES += \
	src/store/read.h \
	src/store/write.h
