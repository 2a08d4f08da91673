libcore_a_SOURCES += \
	src/codec/ansible.c src/codec/ansible.h \
	src/codec/ansible_ini.c src/codec/ansible_range.c src/codec/ansible_yaml.c \
	src/codec/check.c src/codec/check.h src/codec/check_parts.h \
	src/codec/check_argv.c \
	src/codec/check_command.c \
	src/codec/check_detect.c \
	src/codec/check_judge.c \
	src/codec/check_keys.c src/codec/check_keys.h \
	src/codec/detect.c src/codec/detect.h \
	src/codec/diff.c src/codec/diff.h \
	src/codec/diff_doc.c \
	src/codec/doc.c src/codec/doc.h \
	src/codec/doc_equal.c \
	src/codec/doc_err.c \
	src/codec/finding.c src/codec/finding.h \
	src/codec/fleet.c src/codec/fleet.h \
	src/codec/fleet_edit.c src/codec/fleet_edit.h \
	src/codec/fleet_host.c src/codec/fleet_host.h \
	src/codec/found.c src/codec/found.h \
	src/codec/frame.c src/codec/frame.h \
	src/codec/inventory.c src/codec/inventory.h \
	src/codec/json.c src/codec/json.h \
	src/codec/knownhosts.c src/codec/knownhosts.h \
	src/codec/knownhosts_key.c \
	src/codec/load.c src/codec/load.h \
	src/codec/manifest.c src/codec/manifest.h \
	src/codec/markdown.c \
	src/codec/markdown.h \
	src/codec/nearest.c src/codec/nearest.h \
	src/codec/plan.c src/codec/plan.h \
	src/codec/policy.c src/codec/policy.h \
	src/codec/proposal.c src/codec/proposal.h \
	src/codec/proposal_check.c \
	src/codec/proposal_step.c src/codec/proposal_step.h \
	src/codec/proposal_step_doc.c \
	src/codec/redact.c src/codec/redact.h src/codec/redact_forms.c \
	src/codec/redact_name.c src/codec/redact_parts.c src/codec/redact_parts.h \
	src/codec/scan_plan_gaps.c src/codec/scan_plan_parts.h \
	src/codec/scan_plan.c src/codec/scan_plan.h \
	src/codec/secret.c src/codec/secret.h \
	src/codec/sshconfig.c src/codec/sshconfig.h \
	src/codec/sudoers.c src/codec/sudoers.h \
	src/codec/sudoers_read.c src/codec/sudoers_read.h \
	src/codec/sudoers_match.c src/codec/sudoers_match.h \
	src/codec/sudoers_text.c src/codec/sudoers_text.h \
	src/codec/sudoers_allows.c src/codec/sudoword.c src/codec/sudoword.h \
	src/codec/tar.c src/codec/tar.h \
	src/codec/view.c src/codec/view.h \
	src/codec/wire.c src/codec/wire.h \
	src/codec/xml.c src/codec/xml.h \
	src/codec/yaml.c src/codec/yaml.h \
	src/codec/yaml_anchor.c src/codec/yaml_anchor.h \
	src/codec/yaml_plain.c src/codec/yaml_plain.h \
	src/codec/yaml_write.c
