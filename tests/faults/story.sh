#!/bin/sh
# The whole story with the real program, on demand, over the local transport, in a home of its own: a
# drift is found, a change proposed, approved as it was shown, applied, verified and committed; what
# must be refused is refused. Needs no network and no root; waits for answers, never for time.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "story: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-story.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=$tmp/data # of what ships only the check of the sandbox
OPSDECK_LINGER=2m
export HOME OPSDECK_DATADIR OPSDECK_LINGER
unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_NOSYSTEM
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
mkdir -p "$tmp/data/checks" "$tmp/data/runbooks"
cp -r "$src/checks/files" "$tmp/data/checks/"
cp "$src/runbooks/files.md" "$tmp/data/runbooks/"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

step=start
fail()
{
	echo "story: $step: $*" >&2
	cat "$tmp"/.local/state/opsdeck/*/serve.log >&2 2>/dev/null || true
	exit 1
}
is() { [ "$1" = "$2" ] || fail "expected \"$2\", got \"$1\""; }
has() { printf '%s' "$1" | grep -qF -- "$2" || fail "no \"$2\" in: $1"; }
# refused STATUS TEXT COMMAND...: it ends with STATUS and says TEXT.
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

git config --global user.name max
git config --global user.email max@example.net

step="init makes an ops repo, once"
cd "$tmp"
refused 4 "there is no ops repo here" "$opsdeck" sweep
has "$("$opsdeck" init ops)" "made an ops repo"
cd ops
first=$(git rev-parse HEAD)
echo "# mine" >>fleet.yml
has "$("$opsdeck" init .)" "already"
is "$(tail -n 1 fleet.yml)" "# mine"
git checkout -q fleet.yml
is "$(git rev-parse HEAD)" "$first"
host=$("$opsdeck" check-config --json | grep -c '"ok": true')
is "$host" 1
host=$(sed -n 's/^estate: //p' fleet.yml)

step="two clients at once start one server"
"$opsdeck" sweep >"$tmp/a" &
one=$!
"$opsdeck" sweep >"$tmp/b" &
two=$!
wait $one || fail "the first sweep failed"
wait $two || fail "the second sweep failed"
is "$(grep -c 'listens on' "$tmp"/.local/state/opsdeck/*/serve.log)" 1
has "$("$opsdeck" status)" "no reference yet"

step="adopt takes live state as the reference"
shown=$("$opsdeck" adopt | field shown)
refused 5 "not what was shown" "$opsdeck" adopt --shown 0000 --rationale x
refused 2 "the reason why is missing" "$opsdeck" adopt --shown "$shown" --rationale " "
has "$("$opsdeck" adopt --shown "$shown" --rationale 'first look')" "commit"
is "$(cat "refs/$host/files$tmp/ops/sandbox/motd")" "$(cat sandbox/motd)"
"$opsdeck" sweep >/dev/null
has "$("$opsdeck" findings --only ok)" "1 file as in the reference"

step="a drift is found"
echo changed by hand >sandbox/motd
"$opsdeck" sweep >/dev/null
diff=$("$opsdeck" diff "$host" files)
has "$diff" "+changed by hand"
has "$diff" "-Welcome to $host."
has "$("$opsdeck" log)" "drift"

step="a change is proposed"
cat >"$tmp/change.yml" <<END
title: put motd back to its reference
rationale: somebody edited it by hand
runbook: files
steps:
  - {file: $tmp/ops/sandbox/motd, host: $host, from_reference: refs/$host/files$tmp/ops/sandbox/motd,
     owner: $(id -un), group: $(id -gn), mode: "$(stat -c 0%a sandbox/motd)"}
verify:
  - {check: files, host: $host}
END
has "$("$opsdeck" propose "$tmp/change.yml")" "P-1 proposed"
has "$("$opsdeck" proposals)" "put motd back"
refused 2 "-:1:1: unknown key" "$opsdeck" propose - <<END
titel: x
END

step="approving wants exactly what was shown"
review=$("$opsdeck" review P-1)
has "$review" "+Welcome to $host."
has "$review" "(end of change)"
plan=$(printf '%s\n' "$review" | sed -n '/^state/,$p' | field plan)
shown=$(printf '%s\n' "$review" | field shown)
zero=0000000000000000000000000000000000000000000000000000000000000000
refused 2 "wants --plan" "$opsdeck" review P-1 --approve
refused 5 "" "$opsdeck" review P-1 --approve --plan "$zero" --shown "$shown" --rationale x
refused 5 "" "$opsdeck" review P-1 --approve --plan "$plan" --shown "$zero" --rationale x
refused 3 "--read-only" "$opsdeck" review P-1 --read-only
is "$(cat sandbox/motd)" "changed by hand"

step="a file that changed since is not overwritten"
echo changed again >sandbox/motd
refused 5 "its content changed" "$opsdeck" review P-1 --approve --plan "$plan" --shown "$shown" --rationale x
is "$(cat sandbox/motd)" "changed again"
has "$("$opsdeck" proposals)" "outdated"

step="read again, it is applied, verified and committed"
review=$("$opsdeck" review P-1)
has "$review" "-changed again"
plan=$(printf '%s\n' "$review" | sed -n '/^state/,$p' | field plan)
shown=$(printf '%s\n' "$review" | field shown)
echo mine >README.md
git add README.md
has "$("$opsdeck" review P-1 --approve --plan "$plan" --shown "$shown" \
	--rationale 'the reference is right')" "P-1 committed"
is "$(cat sandbox/motd)" "Welcome to $host."
is "$(ls -A sandbox)" motd
message=$(git log -1 --format=%B)
has "$message" "the reference is right"
for trailer in "Proposal: P-1" "Plan: $plan" "Proposed-by: " "Approved-by: " "Host: $host" \
	"Runbook: files" "Verified: 1 of 1" "Audit: "; do
	has "$message" "$trailer"
done
has "$(git show --stat --format= HEAD)" "P-1.yml"
is "$(git status --porcelain)" "A  README.md"
git commit -qam "notes"
has "$("$opsdeck" findings)" "1 file as in the reference"
refused 5 "" "$opsdeck" review P-1 --approve --plan "$plan" --shown "$shown" --rationale again

step="what others commit is incoming until it is accepted"
incoming=$("$opsdeck" incoming)
has "$incoming" "README.md"
cp "$tmp/change.yml" "$tmp/second.yml"
echo drift >sandbox/motd
"$opsdeck" propose "$tmp/second.yml" >/dev/null
review=$("$opsdeck" review P-2)
refused 5 "opsdeck incoming" "$opsdeck" review P-2 --approve --rationale x \
	--plan "$(printf '%s\n' "$review" | sed -n '/^state/,$p' | field plan)" \
	--shown "$(printf '%s\n' "$review" | field shown)"
is "$(cat sandbox/motd)" drift
tip=$(git rev-parse HEAD)
refused 5 "not what was shown" "$opsdeck" accept --tip "$tip" --shown "$zero"
has "$("$opsdeck" accept --tip "$tip" --shown "$(printf '%s\n' "$incoming" | field shown)")" accepted

step="a broken fleet.yml is not accepted, the old one stays in force"
printf 'hosts: {\n' >fleet.yml
git commit -qam "break it"
shown=$("$opsdeck" incoming | field shown)
refused 2 "fleet.yml:" "$opsdeck" accept --tip "$(git rev-parse HEAD)" --shown "$shown"
has "$("$opsdeck" sweep)" "1 host "

step="the audit chain fits"
"$opsdeck" withdraw P-2 "not needed" >/dev/null
has "$("$opsdeck" audit verify)" "commits fit them"

step="the server ends when told, and killed it leaves nothing in the way"
pid=$("$opsdeck" info --json | sed -n 's/^ *"pid": \([0-9]*\),*$/\1/p')
kill -9 "$pid"
has "$("$opsdeck" sweep)" "1 host "
"$opsdeck" stop
[ ! -S "$(echo "$tmp"/.local/state/opsdeck/*/sock)" ] || fail "the socket was left behind"
if grep -q 'Sanitizer\|runtime error' "$tmp"/.local/state/opsdeck/*/serve.log; then
	fail "a sanitizer spoke"
fi
echo "story: all of it"
