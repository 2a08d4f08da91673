#!/usr/bin/env bash
# What moved after it was shown is never applied: content, mode, a link, the branch, time, and two
# who approve at once.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"

target=/etc/sudoers.d/luna
on_target() { on web1 sh -c "$1"; }
put_back() { on_target "rm -rf $target && install -o root -g root -m 0440 /root/luna.sudoers $target"; }
print_target() { on_target "stat -c '%F %U:%G %a' $target; cat $target" 2>&1 || true; }
add_line() { on_target "echo 'luna ALL=(root) NOPASSWD: $1' >>$target"; }

put_luna_back()
{
	propose luna <<-END
		title: Put luna's sudoers back
		rationale: Nobody asked for it.
		runbook: sudoers
		steps:
		  - {file: $target, host: web1, from_reference: refs/web1/sudoers$target, owner: root, group: root, mode: "0440"}
		verify:
		  - {check: sudoers, host: web1}
	END
}

# moves WHAT COMMAND: the target is changed after it was reviewed; it must stay as it then is.
moves()
{
	local id now
	say "$1"
	put_back
	add_line /usr/bin/id
	id=$(put_luna_back)
	review_words max "$id"
	on_target "$2"
	now=$(print_target)
	refused 5 "$1" approve max "$id" web1
	proposal_is "$id" outdated || fail "$1: $id is $(proposal_state "$id")"
	same "$(print_target)" "$now" "$1: the target"
	same "$(on_target 'ls -A /etc/sudoers.d | grep -c "^[.]" || true')" 0 "$1: files left behind"
	deck luna withdraw "$id" "Tried." >/dev/null || fail "$1: withdraw"
	put_back
}

estate_make
healing+=(sudoers)
tip=$(as max git -C /srv/ops.git rev-parse main)

# The shortest time there is: it runs out while the others are tried.
short=$(propose luna <<-'END'
	title: Reload nginx
	rationale: Too late.
	expires: 60s
	steps:
	  - {service: nginx.service, do: reload, host: web1}
END
)
review_words max "$short"
short_plan=$plan short_shown=$shown
short_end=$(($(date -u +%s) + 61))
expired() { [ "$(date -u +%s)" -ge $short_end ]; }
reloads() { on web1 journalctl -u nginx.service --no-pager -o cat | grep -c Reloaded || true; }

moves "content" "echo '# one more' >>$target"
moves "mode only" "chmod 0400 $target"
moves "owner only" "chown 0:1 $target"
moves "a link in its place" "mv $target /root/elsewhere && ln -s /root/elsewhere $target"
moves "gone" "rm $target"
same "$(as max git -C /srv/ops.git rev-parse main)" "$tip" "commits of what was never applied"

say "an incoming commit"
add_line /usr/bin/id
now=$(print_target)
id=$(put_luna_back)
review_words max "$id"
as luna sh -ec 'rm -rf ~/ops; git clone -q /srv/ops.git ~/ops; cd ~/ops; mkdir -p memory
	echo "web1 is slow on Mondays" >memory/web1.md
	git add -A; git commit -q -m "memory: web1"; git push -q'
refused 5 "approving while a commit is not accepted" approve max "$id" web1
same "$(print_target)" "$now" "the target while a commit is not accepted"
incoming=$(deck max incoming --json)
holds "$incoming" 'memory/web1.md' "incoming"
refused 3 "luna accepts her own commit" deck luna accept \
	--tip "$(json "d['tip']" <<<"$incoming")" --shown "$(json "d['shown']" <<<"$incoming")"
deck max accept --tip "$(json "d['tip']" <<<"$incoming")" \
	--shown "$(json "d['shown']" <<<"$incoming")" >/dev/null || fail "accept"

say "twice at once"
proposal_is "$id" proposed || fail "$id is $(proposal_state "$id")"
review_words max "$id"
tip=$(as max git -C /srv/ops.git rev-parse main)
for n in 1 2; do
	approve_apart "$id" "$tmp/twice.$n" "$tmp/twice.$n.rc" &
	twice[n]=$!
done
wait "${twice[@]}" || true
same "$(sort "$tmp/twice.1.rc" "$tmp/twice.2.rc" | head -n 1)" 0 "one approval ($(cat "$tmp"/twice.[12]))"
[ "$(cat "$tmp/twice.1.rc")" != "$(cat "$tmp/twice.2.rc")" ] || fail "both approvals were taken"
proposal_is "$id" committed || fail "$id is $(proposal_state "$id")"
same "$(as max git -C /srv/ops.git rev-list --count "$tip..main")" 1 "commits"
sweep
holds "$(finding web1 sudoers)" '^ok' "web1 afterwards"

say "expired"
reloaded=$(reloads)
plan=$short_plan shown=$short_shown
until_true 70 "the end of $short" expired
refused 5 "an expired proposal" approve max "$short" web1
proposal_is "$short" expired || fail "$short is $(proposal_state "$short")"
same "$(reloads)" "$reloaded" "reloads by an expired proposal"
deck max audit verify
say "outdated: nothing was applied that had moved"
