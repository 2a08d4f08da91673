libcore_a_SOURCES += \
	src/server/accepted.h \
	src/server/change.h \
	src/server/check_test.h \
	src/server/core.h \
	src/server/judge.h \
	src/server/sweep.h \
	src/server/worker.h \
	src/server/worker_pool.h
