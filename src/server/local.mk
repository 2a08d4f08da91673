libcore_a_SOURCES += \
	src/server/accepted.h \
	src/server/change.h \
	src/server/check_test.h \
	src/server/core.h \
	src/server/judge.h \
	src/server/sweep.h \
	src/server/worker.h \
	src/server/worker_pool.h
libcore_a_SOURCES += \
	src/server/change.c src/server/change.h \
	src/server/change_approve.c \
	src/server/change_binding.c \
	src/server/change_commit.c \
	src/server/change_int.h \
	src/server/change_review.c \
	src/server/change_run.c \
	src/server/change_sudoers.c src/server/change_sudoers.h \
	src/server/change_verify.c src/server/change_verify.h \
	src/server/change_view.c
