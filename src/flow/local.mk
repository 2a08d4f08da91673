libcore_a_SOURCES += \
	src/flow/compare.c \
	src/flow/compare_except.c \
	src/flow/compare_explain.c \
	src/flow/compare_except.h \
	src/flow/compare_lines.c \
	src/flow/compare_parts.c \
	src/flow/compare_parts.h \
	src/flow/compare_program.c \
	src/flow/compare_reads.c \
	src/flow/compare_live.c src/flow/compare_live.h \
	src/flow/compare_tree.c \
	src/flow/compare_types.h \
	src/flow/compare_verdict.c \
	src/flow/parse.c \
	src/flow/parse_dig.c \
	src/flow/parse_dig_record.c src/flow/parse_dig_record.h \
	src/flow/parse_http.c \
	src/flow/parse_ini.c \
	src/flow/parse_json.c \
	src/flow/parse_kinds.h \
	src/flow/parse_line.c src/flow/parse_line.h \
	src/flow/parse_log.c \
	src/flow/parse_log_time.c src/flow/parse_log_time.h \
	src/flow/parse_nagios.c \
	src/flow/parse_openmetrics.c \
	src/flow/parse_options.c \
	src/flow/parse_sections.c \
	src/flow/parse_table.c \
	src/flow/parse_tar.c \
	src/flow/parse_text.c \
	src/flow/record.c src/flow/record.h \
	src/flow/record_text.c src/flow/record_text.h
libcore_a_SOURCES += \
	src/flow/collect.c src/flow/collect.h \
	src/flow/collect_tasks.c src/flow/collect_tasks.h \
	src/flow/compare.h \
	src/flow/fleet.c src/flow/fleet.h \
	src/flow/parse.h
libcore_a_SOURCES += \
	src/flow/apply.c src/flow/apply.h \
	src/flow/apply_acts.c src/flow/apply_acts.h \
	src/flow/apply_read.c src/flow/apply_read.h \
	src/flow/apply_target.c src/flow/apply_target.h \
	src/flow/decide.c src/flow/decide.h \
	src/flow/decide_boundary.c \
	src/flow/decide_parts.h \
	src/flow/decide_view.c
libcore_a_SOURCES += src/flow/notify.c src/flow/notify.h
