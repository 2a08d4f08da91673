#!/bin/sh
# The real server over recorded hosts: what a sweep finds, what turns, and that the notify hook is run
# once for each transition, also for those that a killed server left. Waits for answers and for the
# hook's own words, never for time.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "replay: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-replay.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=$tmp/data
OPSDECK_LINGER=2m
OPSDECK_STATE=$tmp/state
export HOME OPSDECK_DATADIR OPSDECK_LINGER OPSDECK_STATE
unset OPSDECK_REPO XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_NOSYSTEM
mkdir "$tmp/data" "$tmp/state" "$tmp/ops"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

step=start
fail()
{
	echo "replay: $step: $*" >&2
	cat "$tmp/state/serve.log" >&2 2>/dev/null || true
	exit 1
}
is() { [ "$1" = "$2" ] || fail "expected \"$2\", got \"$1\""; }
has() { printf '%s' "$1" | grep -qF -- "$2" || fail "no \"$2\" in: $1"; }
# Reads a word that the hook writes once it ran; a hook that never runs must not hang the test.
heard() { timeout 60 head -n 1 "$tmp/ran" >/dev/null || fail "the hook did not run"; }
turned() { sed -n 's/.*"host":"\([^"]*\)".*"to":"\([^"]*\)".*/\1 \2/p' "$tmp/told" | sort | tr '\n' ','; }

git config --global user.name max
git config --global user.email max@example.net
git config --global init.defaultBranch main

# Three recorded hosts and one check: the first line of a file says how it is.
cd "$tmp/ops"
git init -q
mkdir -p checks/mood runbooks
{
	echo "estate: recorded"
	echo "sweep: {every: 1h}"
	echo "hosts:"
	for h in web1 web2 web3; do
		echo "  $h: {transport: replay, replay: $tmp/$h, tags: [linux]}"
		mkdir "$tmp/$h"
		echo "ok fine" >"$tmp/$h/mood.say.out"
	done
} >fleet.yml
echo "rules: []" >policy.yml
echo "# Mood" >runbooks/mood.md
cat >checks/mood/check.yml <<'END'
title: Mood
about: Says what was recorded.
applies: {tags: [linux]}
commands:
  say: {argv: [/bin/true], read: lines}
facts: '{line: (.say.value[0] // "")}'
rules:
  - {when: '.line | startswith("warn")', state: warn, say: .line}
  - {when: '.line | startswith("crit")', state: crit, say: .line}
ok: .line
END
git add -A
git commit -qm "recorded hosts"

# The hook writes down what it is told, says so on one pipe, and waits for leave on another.
mkfifo "$tmp/ran" "$tmp/go"
cat >"$tmp/hook" <<END
#!/bin/sh
cat >>"$tmp/told"
echo ran >"$tmp/ran"
read -r word <"$tmp/go"
END
chmod +x "$tmp/hook"
: >"$tmp/told"

step="what was recorded is judged, and a sweep tells how many"
has "$("$opsdeck" sweep)" "3 hosts"
is "$("$opsdeck" findings --only ok | grep -c fine)" 3
echo "warn early" >"$tmp/web3/mood.say.out"
"$opsdeck" sweep >/dev/null
echo "ok fine" >"$tmp/web3/mood.say.out"
"$opsdeck" sweep >/dev/null
has "$("$opsdeck" log)" "warn early"
"$opsdeck" stop

step="a hook that is named later is not told of old transitions; new ones are told once"
echo "notify: [$tmp/hook]" >"$tmp/state/serve.yml"
echo "warn one" >"$tmp/web1/mood.say.out"
echo "crit two" >"$tmp/web2/mood.say.out"
echo "gone" >"$tmp/web3/unreachable"
"$opsdeck" sweep >/dev/null
heard
is "$(wc -l <"$tmp/told")" 1

step="a server that is killed loses no transition and tells none again"
pid=$("$opsdeck" info --json | sed -n 's/^ *"pid": \([0-9]*\),*$/\1/p')
kill -9 "$pid"
tail --pid="$pid" -f /dev/null
echo go >"$tmp/go" # the hook that ran outlives its server
"$opsdeck" sweep >/dev/null
heard
is "$(turned)" "web1 warn,web2 crit,"
echo go >"$tmp/go"

step="the same again turns nothing"
"$opsdeck" sweep >/dev/null
is "$(wc -l <"$tmp/told")" 2
has "$("$opsdeck" status)" "gone"

step="what heals is told too"
echo "ok fine" >"$tmp/web2/mood.say.out"
"$opsdeck" sweep web2 >/dev/null
heard
echo go >"$tmp/go"
is "$(turned)" "web1 warn,web2 crit,web2 ok,"

step="what was not recorded is unknown, not healthy"
rm "$tmp/web1/mood.say.out"
"$opsdeck" sweep web1 >/dev/null
heard
echo go >"$tmp/go"
has "$("$opsdeck" findings --host web1)" "unknown"
if grep -q 'Sanitizer\|runtime error' "$tmp/state/serve.log"; then
	fail "a sanitizer spoke"
fi
echo "replay: all of it"
