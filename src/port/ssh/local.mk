libcore_a_SOURCES += \
	src/port/ssh/agent.c src/port/ssh/agent.h \
	src/port/ssh/channel.c src/port/ssh/channel.h \
	src/port/ssh/fetch.c \
	src/port/ssh/kex.c src/port/ssh/kex.h \
	src/port/ssh/keys.c src/port/ssh/keys.h \
	src/port/ssh/known.c src/port/ssh/known.h \
	src/port/ssh/link.c src/port/ssh/link.h \
	src/port/ssh/link_step.c \
	src/port/ssh/login.c src/port/ssh/login.h \
	src/port/ssh/negotiate.c src/port/ssh/negotiate.h \
	src/port/ssh/resolve.c src/port/ssh/resolve.h \
	src/port/ssh/settings.h src/port/ssh/shared.h \
	src/port/ssh/ssh.c src/port/ssh/ssh.h \
	src/port/ssh/wire.c src/port/ssh/wire.h
