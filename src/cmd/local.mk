bin_PROGRAMS += opsdeck
opsdeck_SOURCES = src/main.c
dist_man_MANS += opsdeck.1
opsdeck_LDADD = libui.a libcore.a $(CORE_LIBS) $(NCURSESW_LIBS)
libcore_a_SOURCES += \
	src/cmd/accept.c \
	src/cmd/adopt.c \
	src/cmd/ask.c \
	src/cmd/ask.h \
	src/cmd/audit.c \
	src/cmd/check_config.c \
	src/cmd/check_record.c src/cmd/check_record.h src/cmd/check_run.c \
	src/cmd/check_test.c \
	src/cmd/check_dir.c src/cmd/check_dir.h \
	src/cmd/check_lint.c src/cmd/check_new.c src/cmd/check_table.c \
	src/cmd/cmd.h \
	src/cmd/diff.c \
	src/cmd/findings.c \
	src/cmd/incoming.c \
	src/cmd/incoming.h \
	src/cmd/info.c \
	src/cmd/init.c \
	src/cmd/init_files.c \
	src/cmd/init_files.h \
	src/cmd/init_fit.c \
	src/cmd/init_fit.h \
	src/cmd/init_from.c \
	src/cmd/init_from.h \
	src/cmd/init_keys.c \
	src/cmd/init_keys.h \
	src/cmd/metrics.c \
	src/cmd/init_scan.c \
	src/cmd/init_scan.h \
	src/cmd/log.c \
	src/cmd/main.c \
	src/cmd/out.c \
	src/cmd/out.h \
	src/cmd/parse.c \
	src/cmd/place.c \
	src/cmd/place.h \
	src/cmd/private.c \
	src/cmd/private.h \
	src/cmd/proposals.c \
	src/cmd/propose.c \
	src/cmd/review.c \
	src/cmd/serve.c \
	src/cmd/status.c \
	src/cmd/stop.c \
	src/cmd/sudoers.c \
	src/cmd/sweep.c \
	src/cmd/table.c \
	src/cmd/trust.c \
	src/cmd/withdraw.c \
	src/cmd/worker.c \
	src/cmd/worktree.c \
	src/cmd/worktree.h
