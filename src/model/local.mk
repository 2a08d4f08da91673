libcore_a_SOURCES += \
	src/model/check.c src/model/check.h \
	src/model/diff.c src/model/diff.h \
	src/model/finding.c src/model/finding.h \
	src/model/forecast.c src/model/forecast.h \
	src/model/host.c src/model/host.h \
	src/model/managed.c \
	src/model/names.c src/model/names.h \
	src/model/proposal.c src/model/proposal.h \
	src/model/request.c src/model/request.h \
	src/model/series.c src/model/series.h \
	src/model/sample.c src/model/sample.h \
	src/model/snapshot.c src/model/snapshot.h \
	src/model/view.c src/model/view.h
libcore_a_SOURCES += src/model/target.c src/model/target.h
