libcore_a_SOURCES += \
	src/codec/check.h \
	src/codec/diff.h \
	src/codec/doc.c \
	src/codec/doc.h \
	src/codec/fleet.h \
	src/codec/frame.c \
	src/codec/frame.h \
	src/codec/json.c \
	src/codec/json.h \
	src/codec/knownhosts.c \
	src/codec/knownhosts.h \
	src/codec/manifest.c \
	src/codec/manifest.h \
	src/codec/nearest.c \
	src/codec/nearest.h \
	src/codec/plan.h \
	src/codec/policy.h \
	src/codec/proposal.h \
	src/codec/redact.c \
	src/codec/redact.h \
	src/codec/sudoers.h \
	src/codec/tar.h \
	src/codec/view.h \
	src/codec/yaml.c \
	src/codec/yaml.h \
	src/codec/yaml_plain.c \
	src/codec/yaml_plain.h \
	src/codec/yaml_write.c
libcore_a_SOURCES += \
	src/codec/finding.c src/codec/finding.h \
	src/codec/wire.c src/codec/wire.h
