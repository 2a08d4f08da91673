libcore_a_SOURCES += \
	src/server/accepted.c \
	src/server/accepted.h \
	src/server/adopt.c \
	src/server/adopt.h \
	src/server/agent.c \
	src/server/agent.h \
	src/server/audit.c \
	src/server/audit.h \
	src/server/change.c \
	src/server/change.h \
	src/server/change_approve.c \
	src/server/change_binding.c \
	src/server/change_commit.c \
	src/server/change_int.h \
	src/server/change_load.c \
	src/server/change_propose.c \
	src/server/change_resume.c \
	src/server/change_review.c \
	src/server/change_run.c \
	src/server/change_sudoers.c \
	src/server/change_sudoers.h \
	src/server/change_verify.c \
	src/server/change_verify.h \
	src/server/change_view.c \
	src/server/check_expect.c src/server/check_expect.h \
	src/server/check_facts.c src/server/check_facts.h \
	src/server/check_folder.c src/server/check_folder.h \
	src/server/check_lint.c src/server/check_lint.h src/server/check_lint_parts.h \
	src/server/check_lint_commands.c src/server/check_lint_files.c \
	src/server/check_reads.c src/server/check_reads.h \
	src/server/check_rows.c src/server/check_rows.h \
	src/server/check_run.c \
	src/server/check_run.h \
	src/server/check_sample.c \
	src/server/check_sample.h \
	src/server/check_skeleton.c src/server/check_skeleton.h \
	src/server/check_table.c src/server/check_table.h \
	src/server/check_test.c \
	src/server/check_test.h \
	src/server/check_trial.c src/server/check_trial.h \
	src/server/core.c \
	src/server/core.h \
	src/server/due.c src/server/due.h \
	src/server/gather.c \
	src/server/gather.h \
	src/server/gather_reachable.c \
	src/server/incoming.c \
	src/server/incoming.h \
	src/server/intake.c \
	src/server/intake.h \
	src/server/judge.c \
	src/server/judge.h \
	src/server/judge_params.c \
	src/server/judge_read.c src/server/judge_read.h \
	src/server/look.c \
	src/server/packet.c \
	src/server/packet.h \
	src/server/packet_judge.c \
	src/server/pool_cache.c \
	src/server/pool_cache.h \
	src/server/pool_calls.h \
	src/server/pool_generation.c \
	src/server/pool_generation.h \
	src/server/pool_job.c \
	src/server/pool_job.h \
	src/server/pool_process.c \
	src/server/pool_process.h \
	src/server/refs.c \
	src/server/refs.h \
	src/server/requests.c \
	src/server/requests.h \
	src/server/roles.c \
	src/server/roles.h \
	src/server/sandbox.c \
	src/server/sandbox.h \
	src/server/scan.c \
	src/server/scan.h \
	src/server/serve_file.c \
	src/server/serve_file.h \
	src/server/server.c \
	src/server/server.h \
	src/server/socket.c \
	src/server/socket.h \
	src/server/socket_conn.c \
	src/server/socket_gate.c \
	src/server/socket_parts.h \
	src/server/sweep.c \
	src/server/sweep.h \
	src/server/tell.c \
	src/server/tell.h \
	src/server/trust.c \
	src/server/trust.h \
	src/server/worker.c \
	src/server/worker.h \
	src/server/worker_pool.c \
	src/server/worker_pool.h

# The unit form: `systemctl enable --now opsdeck` once /etc/opsdeck/serve.yml is there.
systemdunitdir = $(prefix)/lib/systemd/system
nodist_systemdunit_DATA = data/opsdeck.service
sysusersdir = $(prefix)/lib/sysusers.d
dist_sysusers_DATA = data/opsdeck.conf
CLEANFILES += data/opsdeck.service
EXTRA_DIST += data/opsdeck.service.in
data/opsdeck.service: data/opsdeck.service.in Makefile
	@$(MKDIR_P) data
	$(AM_V_GEN)sed 's|@bindir[@]|$(bindir)|' $(srcdir)/data/opsdeck.service.in >$@
