# One program per module: one block each, in alphabetical order.
UNIT_LIBS = libcore.a $(CORE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS =

UNIT_TESTS += tests/unit/test_agent
tests_unit_test_agent_SOURCES = tests/unit/test_agent.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_agent_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_ansible
tests_unit_test_ansible_SOURCES = tests/unit/test_ansible.c
tests_unit_test_ansible_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_apply
tests_unit_test_apply_SOURCES = tests/unit/test_apply.c
tests_unit_test_apply_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_audit
tests_unit_test_audit_SOURCES = tests/unit/test_audit.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_audit_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_buf
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_canvas
tests_unit_test_canvas_SOURCES = tests/unit/test_canvas.c
tests_unit_test_canvas_LDADD = libui.a $(UNIT_LIBS) $(NCURSESW_LIBS)

UNIT_TESTS += tests/unit/test_check
tests_unit_test_check_SOURCES = tests/unit/test_check.c
tests_unit_test_check_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_check_author
tests_unit_test_check_author_SOURCES = tests/unit/test_check_author.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_check_author_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_check_record
tests_unit_test_check_record_SOURCES = tests/unit/test_check_record.c
tests_unit_test_check_record_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_check_rows
tests_unit_test_check_rows_SOURCES = tests/unit/test_check_rows.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_check_rows_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_check_schema
tests_unit_test_check_schema_SOURCES = tests/unit/test_check_schema.c tests/unit/schema.c tests/unit/schema.h
tests_unit_test_check_schema_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_checks
tests_unit_test_checks_SOURCES = tests/unit/test_checks.c
tests_unit_test_checks_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_child
tests_unit_test_child_SOURCES = tests/unit/test_child.c
tests_unit_test_child_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_clock
tests_unit_test_clock_SOURCES = tests/unit/test_clock.c
tests_unit_test_clock_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_cmd
tests_unit_test_cmd_SOURCES = tests/unit/test_cmd.c
tests_unit_test_cmd_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_collect
tests_unit_test_collect_SOURCES = tests/unit/test_collect.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_collect_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_cut
tests_unit_test_cut_SOURCES = tests/unit/test_cut.c
tests_unit_test_cut_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_db
tests_unit_test_db_SOURCES = tests/unit/test_db.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_db_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_decide
tests_unit_test_decide_SOURCES = tests/unit/test_decide.c
tests_unit_test_decide_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_diff
tests_unit_test_diff_SOURCES = tests/unit/test_diff.c
tests_unit_test_diff_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_doc
tests_unit_test_doc_SOURCES = tests/unit/test_doc.c
tests_unit_test_doc_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_due
tests_unit_test_due_SOURCES = tests/unit/test_due.c
tests_unit_test_due_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_err
tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_file
tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_fleet
tests_unit_test_fleet_SOURCES = tests/unit/test_fleet.c
tests_unit_test_fleet_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_fleet_edit
tests_unit_test_fleet_edit_SOURCES = tests/unit/test_fleet_edit.c
tests_unit_test_fleet_edit_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_forecast
tests_unit_test_forecast_SOURCES = tests/unit/test_forecast.c
tests_unit_test_forecast_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_frame
tests_unit_test_frame_SOURCES = tests/unit/test_frame.c
tests_unit_test_frame_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_hash
tests_unit_test_hash_SOURCES = tests/unit/test_hash.c
tests_unit_test_hash_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_intent
tests_unit_test_intent_SOURCES = tests/unit/test_intent.c
tests_unit_test_intent_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_json
tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_judge
tests_unit_test_judge_SOURCES = tests/unit/test_judge.c
tests_unit_test_judge_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_keys
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c
tests_unit_test_keys_LDADD = libui.a $(UNIT_LIBS) $(NCURSESW_LIBS)

UNIT_TESTS += tests/unit/test_knownhosts
tests_unit_test_knownhosts_SOURCES = tests/unit/test_knownhosts.c
tests_unit_test_knownhosts_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_list
tests_unit_test_list_SOURCES = tests/unit/test_list.c
tests_unit_test_list_LDADD = libui.a $(UNIT_LIBS) $(NCURSESW_LIBS)

UNIT_TESTS += tests/unit/test_log
tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_loop
tests_unit_test_loop_SOURCES = tests/unit/test_loop.c
tests_unit_test_loop_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_manifest
tests_unit_test_manifest_SOURCES = tests/unit/test_manifest.c
tests_unit_test_manifest_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_markdown
tests_unit_test_markdown_SOURCES = tests/unit/test_markdown.c
tests_unit_test_markdown_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_model
tests_unit_test_model_SOURCES = tests/unit/test_model.c
tests_unit_test_model_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_parse
tests_unit_test_parse_SOURCES = tests/unit/test_parse.c
tests_unit_test_parse_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_parse_kinds
tests_unit_test_parse_kinds_SOURCES = tests/unit/test_parse_kinds.c
tests_unit_test_parse_kinds_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_notify
tests_unit_test_notify_SOURCES = tests/unit/test_notify.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_notify_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_parse_dig
tests_unit_test_parse_dig_SOURCES = tests/unit/test_parse_dig.c
tests_unit_test_parse_dig_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_policy
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_program
tests_unit_test_program_SOURCES = tests/unit/test_program.c
tests_unit_test_program_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_proposal
tests_unit_test_proposal_SOURCES = tests/unit/test_proposal.c
tests_unit_test_proposal_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_record
tests_unit_test_record_SOURCES = tests/unit/test_record.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_record_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_redact
tests_unit_test_redact_SOURCES = tests/unit/test_redact.c
tests_unit_test_redact_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_repo
tests_unit_test_repo_SOURCES = tests/unit/test_repo.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_repo_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_request
tests_unit_test_request_SOURCES = tests/unit/test_request.c
tests_unit_test_request_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_roles
tests_unit_test_roles_SOURCES = tests/unit/test_roles.c
tests_unit_test_roles_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_safe
tests_unit_test_safe_SOURCES = tests/unit/test_safe.c
tests_unit_test_safe_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_sandbox
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c
tests_unit_test_sandbox_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_scan_plan
tests_unit_test_scan_plan_SOURCES = tests/unit/test_scan_plan.c
tests_unit_test_scan_plan_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_serve_file
tests_unit_test_serve_file_SOURCES = tests/unit/test_serve_file.c
tests_unit_test_serve_file_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_socket
tests_unit_test_socket_SOURCES = tests/unit/test_socket.c
tests_unit_test_socket_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_secret
tests_unit_test_secret_SOURCES = tests/unit/test_secret.c
tests_unit_test_secret_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_sshconfig
tests_unit_test_sshconfig_SOURCES = tests/unit/test_sshconfig.c
tests_unit_test_sshconfig_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_steady
tests_unit_test_steady_SOURCES = tests/unit/test_steady.c
tests_unit_test_steady_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_store
tests_unit_test_store_SOURCES = tests/unit/test_store.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_store_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_strs
tests_unit_test_strs_SOURCES = tests/unit/test_strs.c
tests_unit_test_strs_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_sudoers
tests_unit_test_sudoers_SOURCES = tests/unit/test_sudoers.c
tests_unit_test_sudoers_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_tar
tests_unit_test_tar_SOURCES = tests/unit/test_tar.c
tests_unit_test_tar_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_theme
tests_unit_test_theme_SOURCES = tests/unit/test_theme.c
tests_unit_test_theme_LDADD = libui.a $(UNIT_LIBS) $(NCURSESW_LIBS)

UNIT_TESTS += tests/unit/test_wire
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c
tests_unit_test_wire_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_worker_pool
tests_unit_test_worker_pool_SOURCES = tests/unit/test_worker_pool.c
tests_unit_test_worker_pool_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_yaml
tests_unit_test_yaml_SOURCES = tests/unit/test_yaml.c
tests_unit_test_yaml_LDADD = $(UNIT_LIBS)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
AM_TESTS_ENVIRONMENT = OPSDECK_SRCDIR=$(abs_top_srcdir); export OPSDECK_SRCDIR; \
	CC="$(CC)"; export CC;
