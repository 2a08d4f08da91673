# Fuzz targets, for clang:  ./configure CC=clang --enable-fuzzers && make fuzz FUZZ_SECONDS=60
# A reader of outside bytes adds a block in alphabetical order, and may have a folder of seeds
# tests/fuzz/NAME.seeds/ whose files stand in EXTRA_DIST.
FUZZ_SECONDS = 10
FUZZ_TARGETS =
FUZZ_LIBS = libcore.a $(CORE_LIBS)
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer

if FUZZERS
FUZZ_TARGETS += tests/fuzz/fuzz_ansible
tests_fuzz_fuzz_ansible_SOURCES = tests/fuzz/fuzz_ansible.c
tests_fuzz_fuzz_ansible_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_ansible_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_check
tests_fuzz_fuzz_check_SOURCES = tests/fuzz/fuzz_check.c
tests_fuzz_fuzz_check_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_check_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_fleet_edit
tests_fuzz_fuzz_fleet_edit_SOURCES = tests/fuzz/fuzz_fleet_edit.c
tests_fuzz_fuzz_fleet_edit_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_fleet_edit_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_frame
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c
tests_fuzz_fuzz_frame_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_jq
tests_fuzz_fuzz_jq_SOURCES = tests/fuzz/fuzz_jq.c
tests_fuzz_fuzz_jq_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_jq_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_knownhosts
tests_fuzz_fuzz_knownhosts_SOURCES = tests/fuzz/fuzz_knownhosts.c
tests_fuzz_fuzz_knownhosts_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_knownhosts_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_packet
tests_fuzz_fuzz_packet_SOURCES = tests/fuzz/fuzz_packet.c
tests_fuzz_fuzz_packet_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_packet_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_parse
tests_fuzz_fuzz_parse_SOURCES = tests/fuzz/fuzz_parse.c
tests_fuzz_fuzz_parse_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_parse_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_proposal
tests_fuzz_fuzz_proposal_SOURCES = tests/fuzz/fuzz_proposal.c
tests_fuzz_fuzz_proposal_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_proposal_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_redact
tests_fuzz_fuzz_redact_SOURCES = tests/fuzz/fuzz_redact.c
tests_fuzz_fuzz_redact_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_redact_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_safe
tests_fuzz_fuzz_safe_SOURCES = tests/fuzz/fuzz_safe.c
tests_fuzz_fuzz_safe_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_safe_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_ssh
tests_fuzz_fuzz_ssh_SOURCES = tests/fuzz/fuzz_ssh.c
tests_fuzz_fuzz_ssh_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_ssh_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_sshconfig
tests_fuzz_fuzz_sshconfig_SOURCES = tests/fuzz/fuzz_sshconfig.c
tests_fuzz_fuzz_sshconfig_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_sshconfig_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_sudoers
tests_fuzz_fuzz_sudoers_SOURCES = tests/fuzz/fuzz_sudoers.c
tests_fuzz_fuzz_sudoers_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_sudoers_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_tar
tests_fuzz_fuzz_tar_SOURCES = tests/fuzz/fuzz_tar.c
tests_fuzz_fuzz_tar_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_tar_LDFLAGS = $(FUZZ_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_yaml_fleet
tests_fuzz_fuzz_yaml_fleet_SOURCES = tests/fuzz/fuzz_yaml_fleet.c
tests_fuzz_fuzz_yaml_fleet_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_yaml_fleet_LDFLAGS = $(FUZZ_LINK)
endif

EXTRA_PROGRAMS += $(FUZZ_TARGETS)

EXTRA_DIST += \
	tests/fuzz/fuzz_ansible.seeds/ini \
	tests/fuzz/fuzz_ansible.seeds/yaml \
	tests/fuzz/fuzz_check.seeds/tree.yml \
	tests/fuzz/fuzz_fleet_edit.seeds/fleet.yml \
	tests/fuzz/fuzz_frame.seeds/two \
	tests/fuzz/fuzz_jq.seeds/00 \
	tests/fuzz/fuzz_jq.seeds/01 \
	tests/fuzz/fuzz_jq.seeds/02 \
	tests/fuzz/fuzz_jq.seeds/03 \
	tests/fuzz/fuzz_jq.seeds/04 \
	tests/fuzz/fuzz_jq.seeds/05 \
	tests/fuzz/fuzz_jq.seeds/06 \
	tests/fuzz/fuzz_jq.seeds/07 \
	tests/fuzz/fuzz_jq.seeds/08 \
	tests/fuzz/fuzz_jq.seeds/09 \
	tests/fuzz/fuzz_jq.seeds/10 \
	tests/fuzz/fuzz_jq.seeds/11 \
	tests/fuzz/fuzz_jq.seeds/12 \
	tests/fuzz/fuzz_jq.seeds/13 \
	tests/fuzz/fuzz_jq.seeds/14 \
	tests/fuzz/fuzz_jq.seeds/15 \
	tests/fuzz/fuzz_jq.seeds/16 \
	tests/fuzz/fuzz_jq.seeds/17 \
	tests/fuzz/fuzz_jq.seeds/18 \
	tests/fuzz/fuzz_jq.seeds/19 \
	tests/fuzz/fuzz_jq.seeds/20 \
	tests/fuzz/fuzz_jq.seeds/21 \
	tests/fuzz/fuzz_jq.seeds/22 \
	tests/fuzz/fuzz_jq.seeds/23 \
	tests/fuzz/fuzz_json.seeds/all.json \
	tests/fuzz/fuzz_knownhosts.seeds/hashed \
	tests/fuzz/fuzz_knownhosts.seeds/mixed \
	tests/fuzz/fuzz_parse.seeds/blocks \
	tests/fuzz/fuzz_parse.seeds/columns \
	tests/fuzz/fuzz_parse.seeds/http \
	tests/fuzz/fuzz_parse.seeds/ini \
	tests/fuzz/fuzz_parse.seeds/log \
	tests/fuzz/fuzz_parse.seeds/nagios \
	tests/fuzz/fuzz_parse.seeds/noise \
	tests/fuzz/fuzz_parse.seeds/openmetrics \
	tests/fuzz/fuzz_parse.seeds/sections \
	tests/fuzz/fuzz_parse.seeds/sudoers \
	tests/fuzz/fuzz_parse.seeds/table \
	tests/fuzz/fuzz_parse.seeds/xml \
	tests/fuzz/fuzz_parse.seeds/yaml \
	tests/fuzz/fuzz_proposal.seeds/all.yml \
	tests/fuzz/fuzz_proposal.seeds/plan.json \
	tests/fuzz/fuzz_redact.seeds/all \
	tests/fuzz/fuzz_ssh.seeds/identities \
	tests/fuzz/fuzz_ssh.seeds/kexinit \
	tests/fuzz/fuzz_ssh.seeds/signature \
	tests/fuzz/fuzz_sshconfig.seeds/mixed \
	tests/fuzz/fuzz_sudoers.seeds/mixed \
	tests/fuzz/fuzz_tar.seeds/gnu.tar \
	tests/fuzz/fuzz_tar.seeds/pax.tar \
	tests/fuzz/fuzz_tar.seeds/ustar.tar \
	tests/fuzz/fuzz_yaml_fleet.seeds/fleet.yml \
	tests/fuzz/fuzz_yaml_fleet.seeds/policy.yml

# What a run finds new stays in NAME.corpus beside the program, for the next run.
fuzz: $(FUZZ_TARGETS)
	@for t in $(FUZZ_TARGETS); do \
		seeds=$(top_srcdir)/$$t.seeds; test -d $$seeds || seeds=; \
		mkdir -p $$t.corpus && \
		./$$t -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$$t. $$t.corpus $$seeds \
			>$$t.log 2>&1 || { cat $$t.log; echo "FAIL $$t"; exit 1; }; \
	done
.PHONY: fuzz
