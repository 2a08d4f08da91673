#!/bin/sh
# What happens to the store behind the server's back, with the real program: deleted, damaged, of a newer
# schema, written by a second server. Waits for answers, never for time.
set -eu

[ "${OPSDECK_BOUNDED:-}" ] || OPSDECK_BOUNDED=1 exec timeout 300 "$0"
opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "store: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-store.XXXXXX")
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
	echo "store: $step: $*" >&2
	cat "$tmp"/.local/state/opsdeck/*/serve.log >&2 2>/dev/null || true
	exit 1
}
is() { [ "$1" = "$2" ] || fail "expected \"$2\", got \"$1\""; }
has() { printf '%s' "$1" | grep -qF -- "$2" || fail "no \"$2\" in: $1"; }
refused()
{
	want=$1 text=$2
	shift 2
	rc=0
	said=$("$@" 2>&1) || rc=$?
	is "$rc" "$want"
	has "$said" "$text"
}
# The server that is told to stop may end a moment after its answer: the lock says when it has.
stop()
{
	"$opsdeck" stop >/dev/null
	flock "$state/store.lock" true
}

git config --global user.name max
git config --global user.email max@example.net
cd "$tmp"
"$opsdeck" init ops >/dev/null
cd ops
"$opsdeck" sweep >/dev/null
state=$(echo "$tmp"/.local/state/opsdeck/*)

step="a second server is refused"
refused 6 "holds the store" "$opsdeck" serve --state "$state" --socket "$tmp/other"

step="a store that was deleted is told, and the server can be stopped"
mkdir "$tmp/keep"
mv "$state"/store.db* "$tmp/keep"
refused 1 "was deleted or replaced" "$opsdeck" sweep
stop
has "$("$opsdeck" sweep)" "1 host"
has "$("$opsdeck" audit verify)" "fit"
stop

step="a damaged store is told, with what to do"
rm -f "$state"/store.db*
printf 'this is no database, and long enough to be taken for one: %0200d' 0 >"$state/store.db"
refused 1 "Move it away" "$opsdeck" sweep
refused 2 "Move it away" "$opsdeck" status

step="a store of a newer program is left alone"
rm -f "$state"/store.db*
cp -p "$tmp"/keep/* "$state"
# Bytes 60 to 63 of the first page are the user version (sqlite.org/fileformat.html).
rm -f "$state"/store.db-wal "$state"/store.db-shm
has "$("$opsdeck" sweep)" "1 host"
stop
rm -f "$state"/store.db-shm
[ ! -s "$state/store.db-wal" ] || cp "$state/store.db-wal" "$tmp/wal"
rm -f "$state/store.db-wal"
printf '\000\000\047\017' | dd of="$state/store.db" bs=1 seek=60 conv=notrunc 2>/dev/null
refused 1 "of schema 9999" "$opsdeck" sweep
refused 5 "of schema 9999" "$opsdeck" status
echo "store: all of it"
