libcore_a_SOURCES += \
	src/codec/doc.h \
	src/codec/json.h \
	src/codec/yaml.h
