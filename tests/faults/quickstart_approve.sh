#!/usr/bin/env bash
# What a newcomer gets: quickstart's proposal, approved, really changes the file, is verified and
# committed with all trailers, the operator's own dirty work stays, and the audit chain fits.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
export OPSDECK_QUICKSTART=$tmp/ops XDG_STATE_HOME=$tmp/state HOME=$tmp/home OPSDECK_LINGER=30s
export GIT_CONFIG_NOSYSTEM=1
unset OPSDECK_REPO OPSDECK_STATE OPSDECK_DATADIR GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
mkdir -p "$HOME"
opsdeck=$top/build-quick/inst/bin/opsdeck
done_with() {
	[ ! -d "$OPSDECK_QUICKSTART" ] || (cd "$OPSDECK_QUICKSTART" && "$opsdeck" stop >/dev/null 2>&1) || :
	rm -rf "$tmp"
}
trap done_with EXIT
fail() {
	echo "FAIL: $*"
	exit 1
}

out=$("$top/quickstart" --check </dev/null) || fail "quickstart --check: $out"
id=$(printf '%s\n' "$out" | sed -n 's/^waiting proposal: //p')
[ -n "$id" ] || fail "no proposal waits: $out"
printf '%s\n' "$out" | grep -q ' reachable ' || fail "no finding about this machine: $out"

cd "$OPSDECK_QUICKSTART"
again=$("$top/quickstart" --check </dev/null | sed -n 's/^waiting proposal: //p')
[ "$again" = "$id" ] || fail "run again it made '$again' beside $id"

"$opsdeck" check-config >/dev/null || fail "$("$opsdeck" check-config)"
grep -q 'by hand' sandbox/motd || fail "nothing is wrong with the sandbox file"
echo '# mine' >>policy.yml
before=$(git rev-parse HEAD)
shown=$("$opsdeck" review "$id")
hash() { printf '%s\n' "$shown" | sed -n "s/^$1 *\\([0-9a-f]\\{64\\}\\)\$/\\1/p" | tail -n 1; }

# Not what was shown: refused, and nothing is done.
if "$opsdeck" review "$id" --approve --plan "$(hash plan)" --shown "$(printf '%064d' 0)" \
	--rationale 'unread' >/dev/null 2>&1; then
	fail "an approval of what was not shown was taken"
fi
grep -q 'by hand' sandbox/motd || fail "the refused approval changed the file"

"$opsdeck" review "$id" --approve --plan "$(hash plan)" --shown "$(hash shown)" \
	--rationale 'nobody asked for that line' >"$tmp/approve" 2>&1 || fail "$(cat "$tmp/approve")"
grep -q 'by hand' sandbox/motd && fail "the sandbox file is as before"
cmp -s sandbox/motd "$(find refs -path '*/files/*' -name motd)" || fail "the file is not its reference"
left=$(find sandbox -name '.*.opsdeck' -o -name '.*.was')
[ -z "$left" ] || fail "left behind: $left"

[ "$(git rev-parse HEAD^)" = "$before" ] || fail "not one commit on top of what was there"
message=$(git log -1 --format=%B)
for trailer in "Proposal: $id" "Plan: $(hash plan)" 'Proposed-by: ' 'Approved-by: ' 'Host: ' \
	'Runbook: files' 'Verified: 1 of 1' 'Audit: '; do
	printf '%s\n' "$message" | grep -q "^$trailer" || fail "no trailer '$trailer' in: $message"
done
printf '%s\n' "$message" | grep -q '^nobody asked for that line$' || fail "the rationale is not in: $message"
[ "$(git log -1 --format=%an)" = "$(git config user.name)" ] || fail "the author is not the approver"
git show --stat --format= HEAD | grep -q "changes/.*$id" || fail "the commit holds no record"
[ "$(git status --porcelain)" = ' M policy.yml' ] || fail "the operator's work: $(git status --porcelain)"
git checkout -q policy.yml
"$opsdeck" audit verify || fail "the audit chain"
"$opsdeck" findings --check files | grep -q ' ok ' || fail "still drift: $("$opsdeck" findings)"
