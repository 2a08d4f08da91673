#!/usr/bin/env bash
# A host that is gone or hangs, a server killed and a link cut in the middle of a step, a hook that
# is called once for each transition, and a unit that restarts.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"

slow_log() { on web1 sh -c 'cat /root/slow.log 2>/dev/null | wc -l'; }
slow_began() { [ "$(slow_log)" -ge "$1" ]; }
slow_ended() { on web1 sh -c '! pgrep -x slow-step'; }

# A program that takes its time, and one exact line that lets the apply login run it.
slow_step()
{
	# shellcheck disable=SC2016 # its own argument
	printf '#!/bin/sh\ndate +%%s >>/root/slow.log\nexec sleep "$1"\n' >"$tmp/slow"
	printf 'opsdeck-apply ALL=(root) NOPASSWD: /usr/local/bin/slow-step 6\n' >"$tmp/slow.sudoers"
	"$lab" put web1 "$tmp/slow" /usr/local/bin/slow-step root:root 0755
	"$lab" put web1 "$tmp/slow.sudoers" /etc/sudoers.d/slow root:root 0440
	on web1 rm -f /root/slow.log
}

propose_slow()
{
	propose luna <<-'END'
		title: A step that takes its time
		rationale: To be cut in the middle.
		runbook: services
		steps:
		  - {command: [/usr/local/bin/slow-step, "6"], host: web1}
		verify:
		  - {check: sudoers, host: web1}
	END
}

# age_of HOST CHECK: seconds since it was looked at
age_of()
{
	deck max findings --json | json "next(int(__import__('time').time() -
		__import__('datetime').datetime.fromisoformat(f['at'].replace('Z','+00:00')).timestamp())
		for f in d['findings'] if f['host']=='$1' and f['check']=='$2')"
}

drop_sessions() # USER
{
	# shellcheck disable=SC2016 # the host's shell expands it
	on web1 sh -c 'for p in $(pgrep -u "$1" sshd); do kill -KILL "$p"; done' sh "$1"
}

silent() # FAULT
{
	local began took h
	say "$1"
	break_it "$1"
	drop_sessions opsdeck-look
	began=$SECONDS
	sweep
	took=$((SECONDS - began))
	[ $took -le 30 ] || fail "$1: the sweep took $took s with a deadline of 20 s"
	holds "$(finding web1 reachable)" '^unreachable' "$1: web1"
	for h in bastion node1 node2 store1; do
		[ "$(age_of "$h" disk)" -le $((SECONDS - began + 3)) ] || fail "$1: $h is not fresh"
		holds "$(finding "$h" reachable)" '^ok' "$1: $h"
	done
	[ "$(age_of web1 disk)" -ge "$took" ] || fail "$1: web1 looks fresh"
	heal_it "$1"
	began=$SECONDS
	sweep
	holds "$(finding web1 reachable)" '^ok' "$1: web1 healed"
	[ "$(age_of web1 disk)" -le $((SECONDS - began + 3)) ] || fail "$1: web1 is not fresh again"
	say "  swept in $took s"
}

# What must hold of a change that was cut while its step ran, and how it is closed.
interrupted() # ID WHAT LINES
{
	until_true 20 "$2: interrupted" proposal_is "$1" interrupted
	until_true 20 "$2: the step ends" slow_ended
	refused 5 "$2: approving it again" approve max "$1" web1
	same "$(slow_log)" "$3" "$2: how often the step ran"
	deck max reconcile "$1" "Looked: the step ran, nothing is left." >"$tmp/reconcile" 2>&1 ||
		fail "$2: reconcile: $(cat "$tmp/reconcile")"
	proposal_is "$1" rejected || fail "$2: $1 is $(proposal_state "$1") after reconciling"
	as max git -C /srv/ops.git cat-file -e "main:changes/$(date -u +%Y)/$1.yml" ||
		fail "$2: no record of $1"
	same "$(slow_log)" "$3" "$2: how often the step ran after reconciling"
}

on web1 true 2>/dev/null || "$lab" up >/dev/null || exit
slow_step
estate_make
on web1 test -f /etc/sudoers.d/slow
silent network
silent hang

say "the hook: once for each transition"
told() { on bastion cat /var/lib/opsdeck/told; }
transitions() { deck max log --limit 1000 --json | json "len(d['transitions'])"; }
hook_is_even() { [ "$(told | wc -l)" = "$(transitions)" ]; }
until_true 20 "as many calls as transitions" hook_is_even
same "$(told | sort | uniq -d | wc -l)" 0 "transitions that were told twice"
holds "$(told)" '"host":"web1","check":"reachable".*"to":"unreachable"' "what the hook was told"

say "the server is killed in the middle of a step"
id=$(propose_slow)
review_words max "$id"
approve_apart "$id" "$tmp/killed" "$tmp/killed.rc" &
waiting=$!
until_true 15 "the step runs" slow_began 1
proposal_is "$id" applying || fail "$id is $(proposal_state "$id")"
on bastion systemctl kill --kill-whom=main --signal=KILL opsdeck.service
wait $waiting
[ "$(cat "$tmp/killed.rc")" != 0 ] || fail "the client of a killed server ended well"
until_true 30 "the unit comes back by itself" deck max info
interrupted "$id" "killed" 1

say "the link is cut in the middle of a step"
id=$(propose_slow)
review_words max "$id"
approve_apart "$id" "$tmp/cut" "$tmp/cut.rc" &
waiting=$!
until_true 15 "the step runs" slow_began 2
drop_sessions opsdeck-apply
wait $waiting
[ "$(cat "$tmp/cut.rc")" != 0 ] || fail "a cut link ended well"
interrupted "$id" "cut" 2

say "the unit restarts"
before=$(deck max proposals --all --json)
on bastion systemctl restart opsdeck.service
until_true 20 "the server listens" deck max info
same "$(deck max proposals --all --json)" "$before" "proposals after a restart"
same "$(on bastion systemctl show -p NRestarts --value opsdeck.service)" 0 "restarts by failure since"
sweep
holds "$(finding web1 sudoers)" '^ok' "web1 after a restart"
deck max audit verify
same "$(told | sort | uniq -d | wc -l)" 0 "transitions that were told twice"
on web1 rm -f /etc/sudoers.d/slow /usr/local/bin/slow-step
say "faults: survived"
