#!/bin/sh
# What names something has it: every check a runbook, samples and what they should give; every
# theme every role of the screen; every subcommand and option a place in the man page.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"
fail=0
bad() { echo "$*"; fail=1; }

# ---- checks ----
for dir in checks/*/; do
	[ -d "$dir" ] || continue
	name=$(basename "$dir")
	if [ ! -f "${dir}check.yml" ]; then
		bad "${dir}check.yml is missing"
		continue
	fi
	runbook=$(sed -n 's/^runbook: *//p' "${dir}check.yml" | head -n 1)
	[ -s "runbooks/${runbook:-$name.md}" ] || bad "${dir}check.yml: runbooks/${runbook:-$name.md} is missing"
	# What is built in is judged from the connection: there is no sample of it.
	grep -q '^builtin: true' "${dir}check.yml" && continue
	[ -n "$(ls "${dir}samples" 2>/dev/null)" ] || bad "${dir}samples is empty"
	[ -n "$(ls "${dir}expected" 2>/dev/null)" ] || bad "${dir}expected is empty"
done

# ---- what runbooks tell people to run: a subcommand without arguments gets none ----
alone=$(sed -n '/max_args/d; s/.*{\.name = "\([a-z -]*\)", \.args = "".*/\1/p' src/cmd/table.c | paste -sd'|')
[ -n "$alone" ] || bad "src/cmd/table.c: no subcommands without arguments found"
if grep -nE "\`opsdeck ($alone) +[^-\`]" runbooks/*.md; then
	bad "runbooks: that subcommand takes no arguments"
fi

# ---- themes ----
if [ -f ui/role.h ]; then
	roles=$(sed -n 's/^[ \t]*X([A-Z_]*, "\([a-z-]*\)").*/\1/p' ui/role.h)
	[ -n "$roles" ] || bad "ui/role.h: no roles found"
	for theme in themes/*.yml; do
		[ -f "$theme" ] || { bad "themes/ holds no theme"; continue; }
		for role in $roles; do
			grep -qE "^ *$role:" "$theme" || bad "$theme: role $role is missing"
		done
	done
fi

# ---- the man page ----
plain=$(sed 's/\\-/-/g; s/\\f[BIRP]//g; s/\\&//g' opsdeck.1)
has() { printf '%s\n' "$plain" | grep -qE -- "(^|[^a-z-])$1([^a-z-]|\$)" || bad "opsdeck.1: $1 is missing"; }
IFS='
'
for name in $(sed -n 's/.*{\.name = "\([a-z -]*\)".*/\1/p' src/cmd/table.c | grep -vx worker) \
	$(sed -n '/define OPTIONS(X)/,/[^\\]$/s/^[ \t]*X([A-Z_]*, "\([a-z-]*\)".*/--\1/p' src/cmd/cmd.h); do
	has "$name"
done
exit $fail
