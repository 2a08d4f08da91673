libcore_a_SOURCES += \
	src/store/audit.c src/store/audit.h \
	src/store/lock.c src/store/lock.h \
	src/store/pack.c src/store/pack.h \
	src/store/read.h \
	src/store/read_audit.c \
	src/store/read_finding.c \
	src/store/read_proposal.c \
	src/store/read_series.c \
	src/store/read_snapshot.c \
	src/store/reader.c src/store/reader.h \
	src/store/rows.c src/store/rows.h \
	src/store/schema.c src/store/schema.h \
	src/store/write.h \
	src/store/write_audit.c \
	src/store/write_doc.c \
	src/store/write_finding.c \
	src/store/write_fleet.c \
	src/store/write_history.c \
	src/store/write_proposal.c \
	src/store/write_series.c \
	src/store/write_told.c \
	src/store/writer.c src/store/writer.h
