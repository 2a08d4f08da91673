libcore_a_SOURCES += \
	src/port/repo/repo.c src/port/repo/repo.h \
	src/port/repo/repo_along.c \
	src/port/repo/repo_commit.c \
	src/port/repo/repo_diff.c \
	src/port/repo/repo_git.h \
	src/port/repo/repo_init.c \
	src/port/repo/repo_read.c \
	src/port/repo/repo_tree.c \
	src/port/repo/repo_work.c
