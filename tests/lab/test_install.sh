#!/usr/bin/env bash
# From a build to a watched estate: the unit on the bastion, three roles, trusted hosts, generated
# sudoers, adopted references, and then no drift.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"

lab_up
on web1 install -o root -g root -m 0440 /root/luna.sudoers /etc/sudoers.d/luna

say "install"
install_build
estate_folders
on bastion test -x "$bindir/opsdeck" || fail "no program at $bindir/opsdeck"
refused 1 "max reads the key" as max cat /etc/opsdeck/apply
estate_repo
estate_start
same "$(on bastion systemctl show -p User --value opsdeck.service)" opsdeck "the unit's user"
same "$(on bastion stat -c %a /var/lib/opsdeck/state/plans)" 700 "plans/"
say "$(deck max info | head -n 4)"

say "who is who"
for pair in max:operator vera:viewer luna:agent; do
	same "$(deck "${pair%:*}" info --json | json "d['role']")" "${pair#*:}" "${pair%:*}'s role"
done
refused 3 "vera sweeps" deck vera sweep
refused 3 "luna trusts" deck luna trust web1 --fingerprint "$(lab_fingerprint web1)"

say "unknown hosts are refused"
sweep
for h in "${all_hosts[@]}"; do
	holds "$(finding "$h" reachable)" 'trust' "$h before it is trusted"
done
estate_trust
refused 5 "another key" deck max trust web1 --fingerprint "$(lab_fingerprint node1)"

say "sudoers"
estate_sudoers
refused 1 "look may do nothing else" ssh -F "$ssh_config" opsdeck-look@web1 sudo -n id

say "sweep and adopt"
sweep
holds "$(finding web1 sudoers)" '^unknown' "no reference yet"
luna_sees=$(deck luna adopt --json 2>&1) || true
lacks "$luna_sees" '"shown"' "luna adopts"
estate_adopt
sweep
found=$(deck max findings --json)
same "$(json "[(f['host'],f['check']) for f in d['findings'] if f['state'] in ('drift','unknown')]" \
	<<<"$found")" "[]" "drift after adopting"
same "$(json "len({f['host'] for f in d['findings']})" <<<"$found")" 5 "hosts with findings"
as max git pull -q
as max test -f refs/web1/sudoers/etc/sudoers.d/luna || fail "no reference of luna in max's clone"
holds "$(deck max audit verify)" '[0-9]' "audit verify"
say "$(deck max status)"
