#!/bin/sh
# Attacks on the way from a proposal to its commit, with the real program on the local transport: what
# an approval must not leave unseen, what git and a killed server must not undo. A verify command
# that reads a fifo holds a change where the test wants it; waits for answers, never for time.
set -eu

# A fifo that nobody opens must not hold the whole test run.
[ "${OPSDECK_BOUNDED:-}" ] || OPSDECK_BOUNDED=1 exec timeout 300 "$0"

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "approval: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-approval.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=$tmp/data
OPSDECK_LINGER=2m
GIT_CONFIG_NOSYSTEM=1
export HOME OPSDECK_DATADIR OPSDECK_LINGER GIT_CONFIG_NOSYSTEM
unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
mkdir "$tmp/data"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

step=start
fail()
{
	echo "approval: $step: $*" >&2
	cat "$tmp"/.local/state/opsdeck/*/serve.log >&2 2>/dev/null || true
	exit 1
}
is() { [ "$1" = "$2" ] || fail "expected \"$2\", got \"$1\""; }
has() { printf '%s' "$1" | grep -qF -- "$2" || fail "no \"$2\" in: $1"; }
lacks() { if printf '%s' "$1" | grep -qF -- "$2"; then fail "\"$2\" in: $1"; fi; }
refused()
{
	want=$1 text=$2
	shift 2
	rc=0
	said=$("$@" 2>&1) || rc=$?
	is "$rc" "$want"
	has "$said" "$text"
}
field() { sed -n "s/^$1 *//p" | head -n 1; }
state_of() { "$opsdeck" proposals --all --json | tr -d ' \n' | tr '{' '\n' | grep "\"id\":\"$1\"" |
	sed 's/.*"state":"\([^"]*\)".*/\1/'; }
# review ID: reads it, and keeps what an approval needs.
review()
{
	text=$("$opsdeck" review "$1") || fail "review $1"
	plan=$(printf '%s\n' "$text" | sed -n '/^state/,$p' | field plan)
	shown=$(printf '%s\n' "$text" | field shown)
}
approve() { "$opsdeck" review "$1" --approve --plan "$plan" --shown "$shown" --rationale because; }
accept_all()
{
	said=$("$opsdeck" incoming)
	"$opsdeck" accept --tip "$(git rev-parse HEAD)" --shown "$(printf '%s\n' "$said" | field shown)" \
		>/dev/null
}
# propose NAME CONTENT [VERIFY]: a file of the sandbox.
propose()
{
	"$opsdeck" propose - <<END | sed 's/ .*//'
title: put $1
rationale: the test wants it
steps:
  - {file: $tmp/ops/sandbox/$1, host: $host, content: "$2", owner: $(id -un), group: $(id -gn),
     mode: "0644"}
${3:-}
END
}

git config --global user.name max
git config --global user.email max@example.net
cd "$tmp"
"$opsdeck" init ops >/dev/null
cd ops
host=$(sed -n 's/^estate: //p' fleet.yml)
mkfifo "$tmp/hold"
hold="verify: [{command: [/usr/bin/cat, $tmp/hold], host: $host}]"
state=$tmp/.local/state/opsdeck
"$opsdeck" sweep >/dev/null

step="what holds a NUL is shown"
printf '{"title":"t","rationale":"r","steps":[{"file":"%s","host":"%s","owner":"%s","group":"%s",
	"mode":"0644","content":"#!/bin/sh\\n\\u0000\\nevil\\n"}]}' "$tmp/ops/sandbox/nul" "$host" \
	"$(id -un)" "$(id -gn)" >"$tmp/nul.json"
id=$("$opsdeck" propose "$tmp/nul.json" | sed 's/ .*//')
review "$id"
has "$text" "+evil"
has "$text" "+<U+0000>"
"$opsdeck" withdraw "$id" "seen" >/dev/null

step="nothing is hidden that is not managed as secret"
refused 2 "leave \`secret\` out" "$opsdeck" propose - <<END
title: t
rationale: r
steps:
  - {file: $tmp/ops/sandbox/x, host: $host, content: evil, owner: root, group: root, secret: true}
END

step="a plan whose stored bytes changed is not applied"
id=$(propose flip "one\n")
review "$id"
file=$(echo "$state"/*/plans/"$plan")
cp -p "$file" "$tmp/plan"
chmod u+w "$file"
sed -i 's/0644/0777/' "$file"
refused 5 "other bytes than were proposed" approve "$id"
[ ! -e sandbox/flip ] || fail "it was applied"
cp "$tmp/plan" "$file"
"$opsdeck" withdraw "$id" "seen" >/dev/null

step="while a change is applying nothing else touches it"
id=$(propose held "one\n" "$hold")
other=$(propose other "two\n")
review "$other"
other_plan=$plan other_shown=$shown
review "$id"
approve "$id" >"$tmp/answer" 2>&1 &
pid=$!
exec 3>"$tmp/hold" # opens once the verify command reads it
is "$(state_of "$id")" applied
refused 5 "nothing to commit" "$opsdeck" commit "$id"
refused 6 "another change is applying" approve "$id"
refused 5 "is applied" "$opsdeck" review "$id" --reject "too late"
refused 5 "nothing to reconcile" "$opsdeck" reconcile "$id" "too early"
rc=0
"$opsdeck" review "$other" --approve --plan "$other_plan" --shown "$other_shown" --rationale x \
	>/dev/null 2>&1 || rc=$?
[ "$rc" != 0 ] || fail "two changes at once"
rc=0
"$opsdeck" stop >/dev/null 2>&1 || rc=$?
[ "$rc" != 0 ] || fail "it stopped in the middle of a change"
exec 3>&-
wait $pid || fail "$(cat "$tmp/answer")"
has "$(cat "$tmp/answer")" "$id committed"
has "$(git show HEAD:changes/"$(date -u +%Y)"/"$id".yml)" "state: verified"
is "$(cat sandbox/held)" one

step="killed after it was applied: looked at again, committed once"
id=$(propose killed "one\n" "$hold")
review "$id"
approve "$id" >/dev/null 2>&1 &
pid=$!
exec 3>"$tmp/hold"
kill -9 "$("$opsdeck" info --json | sed -n 's/^ *"pid": \([0-9]*\),*$/\1/p')"
wait $pid && fail "the approval was answered"
exec 3>&-
"$opsdeck" sweep >/dev/null # starts the next one, which verifies anew
exec 3>"$tmp/hold"
exec 3>&-
while became=$(state_of "$id") && [ "$became" != committed ]; do
	case $became in
	applied | verified) "$opsdeck" sweep >/dev/null ;; # takes its time, as the change does
	*) fail "it became $became" ;;
	esac
done
is "$(git log --format=%B | grep -c "^Proposal: $id\$")" 1
is "$(find sandbox -name '*was*')" ""

step="git in use: uncommitted, then found; what was accepted since stays accepted"
id=$(propose late "one\n" "$hold")
review "$id"
approve "$id" >"$tmp/answer" 2>&1 &
pid=$!
exec 3>"$tmp/hold"
: >.git/index.lock
exec 3>&-
wait $pid || true
is "$(state_of "$id")" uncommitted
rm .git/index.lock
# As if the server had been killed between commit and store: the commit is there, the state is not.
mkdir -p "changes/$(date -u +%Y)"
echo "proposal: $id" >"changes/$(date -u +%Y)/$id.yml"
git add changes
git commit -qm "put late

Proposal: $id
Plan: $plan"
made=$(git rev-parse HEAD)
echo notes >README.md
git add README.md
git commit -qm notes
accept_all
tip=$(git rev-parse HEAD)
"$opsdeck" commit "$id" >/dev/null 2>&1 || true # the server may have tried it by itself
is "$(state_of "$id")" committed
is "$("$opsdeck" info --json | sed -n 's/^ *"accepted": "\(.*\)",*$/\1/p')" "$tip"
is "$(git rev-parse HEAD)" "$tip"
[ "$made" != "$tip" ] || fail "one commit only"

step="trailers that somebody wrote before refuse the approval"
id=$(propose forged "one\n")
review "$id"
git commit -q --allow-empty -m "notes

Proposal: $id
Plan: $plan"
accept_all
review "$id"
refused 5 "says already that it is $id" approve "$id"
[ ! -e sandbox/forged ] || fail "it was applied"

step="what is in the way is left, and why it was taken back is told"
echo theirs >sandbox/.plain.was
echo before >sandbox/plain
id=$(propose plain "one\n")
review "$id"
rc=0
said=$(approve "$id" 2>&1) || rc=$?
has "$said" "$id rolled-back"
has "$said" "File exists"
is "$(cat sandbox/plain)" before
is "$(cat sandbox/.plain.was)" theirs
refused 5 "is rolled-back" "$opsdeck" review "$id"
has "$("$opsdeck" proposals --all --json)" "File exists"
rm sandbox/.plain.was sandbox/plain

step="a review that fails takes back what an earlier one showed"
id=$(propose blocked "one\n")
review "$id"
mkdir sandbox/blocked
refused 5 "only plain files" "$opsdeck" review "$id"
rmdir sandbox/blocked
refused 5 "read it again" approve "$id"
[ ! -e sandbox/blocked ] || fail "it was applied"

step="another branch is not the one that was shown"
id=$(propose branch "one\n")
review "$id"
git checkout -qb elsewhere
refused 5 "HEAD: is not what it was" approve "$id"
[ ! -e sandbox/branch ] || fail "it was applied"
git checkout -q -
git branch -qD elsewhere

step="a change after which nothing could be accepted is refused"
id=$("$opsdeck" propose - <<END | sed 's/ .*//'
title: t
rationale: r
steps:
  - {reference: policy.yml, content: "nonsense\n"}
END
)
review "$id"
refused 2 "policy.yml:1:1" "$opsdeck" review "$id" --approve --plan "$plan" --shown "$shown" \
	--rationale because --typed references
lacks "$(git show HEAD:policy.yml)" nonsense

step="an ordinary commit -a afterwards takes nothing back"
id=$(propose plain "one\n")
review "$id"
has "$(approve "$id")" committed
echo more >>README.md
git commit -qam more
is "$(git show --stat --format= HEAD | grep -c changes/ || true)" 0
has "$(git ls-tree -r --name-only HEAD)" "$id.yml"

step="a flood ends before it keeps others out"
for n in $(seq 60); do
	propose "flood$n" "$n\n" >/dev/null 2>"$tmp/said"
	[ ! -s "$tmp/said" ] || break
done
has "$(cat "$tmp/said")" "withdraw some first"
[ "$n" -le 51 ] || fail "$n proposals of one proposer wait"

step="the audit chain fits"
has "$("$opsdeck" audit verify)" "fit"
echo "approval: all of it"
