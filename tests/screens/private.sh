#!/bin/sh
# `opsdeck --script` drives recordings over a store of its own, and refuses everything else.
set -eu
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
opsdeck=$(pwd)/opsdeck
tmp=$(mktemp -d)
stop() {
	for state in "$tmp/state" "$tmp/real"; do
		"$opsdeck" --state "$state" --repo "$tmp/repo" stop >/dev/null 2>&1 || true
	done
	rm -rf "$tmp"
}
trap stop EXIT
export OPSDECK_DATADIR="$src" LC_ALL=C.UTF-8 HOME="$tmp" OPSDECK_LINGER=1
unset XDG_CONFIG_HOME XDG_STATE_HOME OPSDECK_REPO OPSDECK_STATE || true
refused() { # why, command...
	why=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		echo "FAIL not refused: $*"
		exit 1
	fi
	grep -q "$why" "$tmp/out" || {
		cat "$tmp/out"
		echo "FAIL another reason than '$why': $*"
		exit 1
	}
}
git config --global user.name max
git config --global user.email max@example.org
"$opsdeck" init "$tmp/repo" >/dev/null
mkdir "$tmp/samples" "$tmp/elsewhere"
printf 'wait-for 1 host\nsave-screen home.screen\nquit\n' >"$tmp/script"
cd "$tmp/repo"
"$opsdeck" --state "$tmp/real" sweep >/dev/null
host=$(sed -n 's/^estate: *//p' fleet.yml)
cat >fleet.yml <<END
estate: recordings
sweep: {every: 60s}
hosts:
  $host:
    transport: replay
    replay: $tmp/samples
END
git add fleet.yml
git commit -qm 'fleet: recordings alone'
"$opsdeck" --state "$tmp/state" sweep >/dev/null
cd "$tmp"
script() { "$opsdeck" --repo "$tmp/repo" --script "$tmp/script" --size 80x24 "$@"; }
script --state "$tmp/state"
grep -q "$host" home.screen
refused 'is a real host (transport local)' script --state "$tmp/real"
refused "another server's socket" script --state "$tmp/state" --socket "$tmp/real/sock"
TMPDIR=$tmp/elsewhere
export TMPDIR
refused 'is not below' script --state "$tmp/state"
unset TMPDIR
refused 'what a script would drive' script --state "$tmp/elsewhere"
