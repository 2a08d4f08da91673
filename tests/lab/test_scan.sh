#!/usr/bin/env bash
# What hosts run is found over SSH: `init --scan` writes tags and params into fleet.yml for review and
# prints the sudoers file; accepted and installed, what was found is judged.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"

# An estate of which only the addresses are known.
fleet_yml()
{
	local h
	printf 'estate: lab\nsweep: {every: 10m, width: 32, deadline: 20s}\nhosts:\n'
	for h in "${all_hosts[@]}"; do
		printf '  %s:\n    address: %s   # by hand\n' "$h" "$("$lab" addr "$h")"
	done
}

# scan HOST PATTERN...: each is in what it says; the sudoers file that it printed is kept
scan()
{
	local host=$1 out pattern
	shift
	out=$(deck max init --scan "$host") || fail "scan $host"
	for pattern in "$@"; do holds "$out" "$pattern" "scan of $host"; done
	sed -n '/^# \/etc\/sudoers.d\//,$p' <<<"$out" >"$tmp/scanned.$host"
}

lab_up
on web1 install -o root -g root -m 0440 /root/luna.sudoers /etc/sudoers.d/luna
install_build
estate_folders
estate_repo
estate_start

say "who is not trusted is not asked"
refused 3 "a host without a key" deck max init --scan web1
as max git diff --quiet || fail "a scan that failed changed something"
estate_trust

say "scan"
scan web1 '^linux +/' '^unattended-upgrades|^linux' 'NOPASSWD: '
scan store1 '^linux +/' '^containers +/usr/bin/podman' '^backup +/usr/bin/restic' \
	'^restic_repo, for check restic' '^restic_password_file, for check restic'
scan node1 '^linux +/' '^cluster +/etc/corosync/corosync.conf'
change=$(as max git diff)
holds "$change" '^\+    tags: \[.*linux' "the edit"
lacks "$change" '^-[^-]' "the edit"
holds "$(as max cat fleet.yml)" '   # by hand' "comments"
as max cp fleet.yml /tmp/once.yml
for h in web1 store1 node1; do scan "$h" '^nothing to add'; done
as max cmp fleet.yml /tmp/once.yml || fail "a second scan changed something"

say "what only a person knows"
as max sh -ec 'sed -i "/^  store1:/,/tags:/{s/tags: \[/tags: [backup, /
	/tags:/a\\    params: {restic_repo: /srv/restic, restic_password_file: /etc/restic/password}
	}" fleet.yml
	opsdeck check-config .'
scan store1 '^backup +/usr/bin/restic' '^nothing to add' 'NOPASSWD: .*restic .*/srv/restic'

say "accepted, installed, judged"
as max sh -ec 'git commit -q -am "fleet: what the hosts run" && git push -q'
incoming=$(deck max incoming --json)
deck max accept --tip "$(json "d['tip']" <<<"$incoming")" \
	--shown "$(json "d['shown']" <<<"$incoming")" >/dev/null || fail "accept"
for h in web1 store1 node1; do
	deck max sudoers "$h" >"$tmp/sudoers.$h" || fail "opsdeck sudoers $h"
	cmp "$tmp/sudoers.$h" "$tmp/scanned.$h" || fail "$h: the scan printed another sudoers file"
	"$lab" sudoers "$h" "$tmp/sudoers.$h" || fail "$h: visudo refuses what the scan printed"
done
sweep
for pair in web1:disk web1:services store1:containers store1:restic node1:quorum node1:qdevice; do
	found=$(finding "${pair%:*}" "${pair#*:}")
	say "$pair $found"
	lacks "$found" '^(none|unknown|unreachable)' "$pair"
done
