libcore_a_SOURCES += \
	src/model/check.h \
	src/model/diff.h \
	src/model/finding.h \
	src/model/host.h \
	src/model/proposal.h \
	src/model/request.h \
	src/model/sample.h \
	src/model/snapshot.h \
	src/model/view.h
