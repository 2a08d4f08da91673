libcore_a_SOURCES += \
	src/codec/check.h \
	src/codec/diff.h \
	src/codec/doc.h \
	src/codec/fleet.h \
	src/codec/json.h \
	src/codec/manifest.h \
	src/codec/plan.h \
	src/codec/policy.h \
	src/codec/proposal.h \
	src/codec/redact.h \
	src/codec/sudoers.h \
	src/codec/tar.h \
	src/codec/view.h \
	src/codec/yaml.h \
	src/codec/frame.c src/codec/frame.h \
	src/codec/knownhosts.c src/codec/knownhosts.h
