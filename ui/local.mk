# ncursesw.pc injects -D_XOPEN_SOURCE=600; config.h's own definitions come first.
noinst_LIBRARIES += libui.a
libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSESW_CFLAGS)
libui_a_SOURCES = \
	ui/action.c ui/action.h \
	ui/app.c ui/app.h \
	ui/app_act.c \
	ui/app_draw.c \
	ui/app_input.c \
	ui/canvas.c ui/canvas.h \
	ui/changes.c ui/changes.h \
	ui/command.c \
	ui/data.c \
	ui/detail.c ui/detail.h \
	ui/difftext.c ui/difftext.h \
	ui/doctext.c ui/doctext.h \
	ui/draw.c ui/draw.h \
	ui/field.c ui/field.h \
	ui/filter.c ui/filter.h \
	ui/key.c ui/key.h \
	ui/keyin.c ui/keyin.h \
	ui/keymap.c ui/keymap.h \
	ui/layout.c ui/layout.h \
	ui/list.c ui/list.h \
	ui/page.h \
	ui/page_adopt.c \
	ui/page_approve.c \
	ui/page_commit.c \
	ui/page_diff.c \
	ui/page_doc.c \
	ui/page_finding.c \
	ui/page_help.c \
	ui/page_home.c \
	ui/page_incoming.c \
	ui/page_list.c \
	ui/page_progress.c \
	ui/page_raw.c \
	ui/page_reason.c \
	ui/page_review.c \
	ui/review.h \
	ui/review_text.c \
	ui/role.h \
	ui/rows.c ui/rows.h \
	ui/rows_drift.c \
	ui/rows_fleet.c \
	ui/rows_panes.c \
	ui/rows_proposals.c \
	ui/rows_store.c \
	ui/script.c ui/script.h \
	ui/settings.c ui/settings.h \
	ui/spec.h \
	ui/term.h \
	ui/term_memory.c \
	ui/term_ncurses.c \
	ui/text.c ui/text.h \
	ui/textpage.c ui/textpage.h \
	ui/theme.c ui/theme.h \
	ui/ui.c ui/ui.h \
	ui/utf8.c ui/utf8.h
