# Against a real sshd on loopback: skipped (77) where none is installed.
tests_faults_test_ssh_SOURCES = tests/faults/test_ssh.c tests/faults/sshd.c tests/faults/sshd.h
tests_faults_test_ssh_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/faults/test_ssh
TESTS += tests/faults/test_ssh
TESTS += tests/faults/exit_codes.sh
TESTS += tests/faults/init.sh
TESTS += tests/faults/mistakes.sh
TESTS += tests/faults/replay.sh
TESTS += tests/faults/approval.sh
TESTS += tests/faults/store.sh
TESTS += tests/faults/story.sh
TESTS += tests/faults/author.sh
EXTRA_DIST += tests/faults/crash.sh tests/faults/hundred.sh
EXTRA_DIST += tests/faults/exit_codes.sh tests/faults/init.sh tests/faults/mistakes.sh
EXTRA_DIST += tests/faults/local.mk tests/faults/approval.sh tests/faults/store.sh tests/faults/replay.sh tests/faults/story.sh tests/faults/author.sh
