#!/usr/bin/env bash
# One real change: a line added by hand to web1's sudoers is seen, a proposal to put it back is made
# by the agent, nobody else can approve it, and the operator does, by keys, at 80x24.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"
# shellcheck source=tests/lab/screen.sh
. "$lab_dir/screen.sh"

luna_file() { on web1 sh -c 'stat -c "%U:%G %a" /etc/sudoers.d/luna; cat /etc/sudoers.d/luna'; }

estate_make
before=$(luna_file)
tip=$(as max git -C /srv/ops.git rev-parse main)

say "a line by hand: the next sweep shows it"
break_it sudoers
sweep
holds "$(finding web1 sudoers)" '^drift' "web1 after a line was added"
diff=$(deck max diff web1 sudoers)
holds "$diff" '^\+luna ALL=\(root\) NOPASSWD: /bin/bash' "the diff"
same "$(grep -c '^[-+][^-+ ]' <<<"$diff")" 1 "changed lines in the diff ($diff)"

say "the cockpit, by max"
screen_open max max
screen_wait '2 Drift.*1'
screen_wait 'web1.*sudoers'
keys 2 Enter
screen_wait 'sudoers'
keys d
screen_wait '\+ luna ALL=\(root\) NOPASSWD: /bin/bash'
keys r
screen_wait '[Rr]unbook'
screen_wait 'Sudoers'
screen_print
keys Escape
screen_wait '\+ luna ALL=\(root\)'

say "luna proposes, and it appears by itself"
keys Escape
keys Escape
screen_wait '6 Proposals'
id=$(propose luna <<-'END'
	title: Put luna's sudoers back
	rationale: A line that nobody asked for lets luna run a root shell.
	runbook: sudoers
	steps:
	  - {file: /etc/sudoers.d/luna, host: web1, from_reference: refs/web1/sudoers/etc/sudoers.d/luna, owner: root, group: root, mode: "0440"}
	verify:
	  - {check: sudoers, host: web1}
END
)
screen_wait "$id.*luna|luna.*$id|Put luna"
screen_print

say "nobody else can approve it"
review_words max "$id"
refused 3 "vera approves" approve vera "$id" web1
refused 3 "luna approves" approve luna "$id" web1
proposal_is "$id" proposed || fail "$id is $(proposal_state "$id") after refused approvals"
store_says() { on bastion sqlite3 -readonly /var/lib/opsdeck/state/store.db "$1"; }
same "$(store_says "select group_concat(who || ' ' || role) from (select * from audit
	where request = 'approve' and subject = '$id' and allowed = 0 order by seq)")" \
	"vera viewer,luna agent" "refused approvals in the audit"

say "the operator's approval, by keys"
keys 6 Enter
screen_wait "$id.*Put luna's sudoers back"
screen_wait 'plan [0-9a-f]{8}'
keys A
screen_wait 'approve: read it whole first|A opens the approval'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	screen_has 'A opens the approval' && break
	keys Space
	until_true 2 "the next page" screen_print
done
screen_wait 'A opens the approval'
screen_print
keys A
screen_wait 'Why \(yours'
screen_wait 'A line that nobody asked for'
# What was typed ahead is thrown away; it says when it takes keys.
screen_wait 'Type web1 to approve plan [0-9a-f]{8}'
type_text ' Seen by max.'
screen_wait 'Seen by max[.]'
keys Tab
screen_wait 'what is typed is not the name'
keys Enter
screen_wait 'Enter is never yes'
keys C-y
screen_wait 'not approved'
proposal_is "$id" proposed || fail "$id was approved without the host's name"
type_text web1
screen_wait 'web1 to approve plan.*web1'
screen_print
keys C-y
screen_wait 'committed' 30
screen_print
keys Escape
screen_wait '6 Proposals'
screen_close

say "on the host"
same "$(luna_file)" "$before" "web1's /etc/sudoers.d/luna"
on web1 sh -c 'cat /etc/sudoers.d/luna' >"$tmp/live"
as max git -C /srv/ops.git cat-file blob main:refs/web1/sudoers/etc/sudoers.d/luna >"$tmp/reference"
cmp "$tmp/live" "$tmp/reference" || fail "web1's file is not the reference, byte for byte"
same "$(on web1 sh -c 'ls -A /etc/sudoers.d | grep -c "^[.]" || true')" 0 "files left behind"
sweep
holds "$(finding web1 sudoers)" '^ok' "web1 afterwards"

say "in git"
as max git -C /srv/ops.git log -1 --format='%an%n%cn%n%B' main >"$tmp/commit"
cat "$tmp/commit"
for line in '^max$' "^Put luna's sudoers back$|: Put luna's sudoers back$" 'Seen by max' \
	"^Proposal: $id$" '^Plan: [0-9a-f]{64}$' '^Proposed-by: luna' '^Approved-by: max' \
	'^Host: web1$' '^Runbook: sudoers' '^Verified: ' '^Audit: [0-9a-f]+'; do
	grep -Eq "$line" "$tmp/commit" || fail "no /$line/ in the commit"
done
same "$(as max git -C /srv/ops.git rev-parse main~1)" "$tip" "the commit's parent"
year=$(date -u +%Y)
same "$(as max git -C /srv/ops.git diff --name-only main~1 main)" "changes/$year/$id.yml" \
	"what the commit changes"
record=$(as max git -C /srv/ops.git show "main:changes/$year/$id.yml")
holds "$record" 'NOPASSWD|luna' "the record"
holds "$record" 'Seen by max' "the record's rationale"
deck max audit verify || fail "audit verify"
deck max proposals --all

say "a viewer's cockpit"
screen_open vera vera
screen_wait 'READ-ONLY'
keys 6
screen_wait '6 Proposals'
id2=$(propose luna <<-'END'
	title: Reload nginx
	rationale: To see that a viewer cannot.
	runbook: services
	steps:
	  - {service: nginx.service, do: reload, host: web1}
END
)
screen_wait "Reload nginx"
keys g Enter
screen_wait "$id2.*Reload nginx"
keys A
keys C-y
screen_print
screen_lacks 'Why \(yours'
proposal_is "$id2" proposed || fail "$id2 moved by a viewer's keys"
keys q
screen_close
say "the story is told: $id"
