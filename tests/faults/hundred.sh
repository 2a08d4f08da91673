#!/bin/sh
# This very machine, swept again and again with all that ships for it, over the local transport: once
# its references are taken nothing drifts, nothing turns, and no line of any finding is worded anew.
# Each sweep is asked for and waited for.
#   tests/faults/hundred.sh [SWEEPS]    100 unless told
set -eu

sweeps=${1:-100}
opsdeck=${OPSDECK_BUILD:-$(pwd)}/opsdeck
[ -x "$opsdeck" ] || { echo "hundred: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-hundred.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
OPSDECK_LINGER=2m
GIT_CONFIG_NOSYSTEM=1
export HOME OPSDECK_DATADIR OPSDECK_LINGER GIT_CONFIG_NOSYSTEM
unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
: >"$tmp/slow"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

fail()
{
	echo "hundred: $*" >&2
	exit 1
}
# What a person reads of the findings, a line for each text with its check before it: no times, and no
# figures that are kept as metrics.
words()
{
	"$opsdeck" findings --json | awk -F'"' '
		/^ *"check":/ { check = $4; metrics = 0 }
		/^ *"metrics":/ { metrics = 1 }
		!metrics && /^ *"(state|summary|name|text|added|removed)":/ { print check "\t" $0 }' >"$1"
	awk -F'\t' '/ran into its time limit|not done within its deadline/ { print $1 }' "$1" >>"$tmp/slow"
}
# same OLD NEW COLUMN: but for checks that ran out of time in some sweep: the machine is busy then,
# which is no matter of theirs.
same()
{
	for f in "$1" "$2"; do
		awk -v slow="$tmp/slow" -v at="$3" 'BEGIN { while ((getline c <slow) > 0) left[c] = 1 }
			!($at in left)' "$f" >"$f.kept"
	done
	diff -u "$1.kept" "$2.kept" >&2
}

git config --global user.name max
git config --global user.email max@example.net
cd "$tmp"
"$opsdeck" init ops >/dev/null
cd ops
# What the machine does besides is no change of it: neither busy CPUs nor a slow disk.
sed -e 's/^sweep: .*/sweep: {every: 24h, width: 32, deadline: 5m}/' \
	-e 's/^\( *\)transport: local$/&\n\1params: {load_warn: 100000, load_crit: 100000, pressure_cpu_warn: 101, pressure_memory_warn: 101, pressure_io_warn: 101}/' \
	fleet.yml >"$tmp/fleet.yml"
cp "$tmp/fleet.yml" fleet.yml
git commit -qam "sweep when asked"
"$opsdeck" sweep >/dev/null
shown=$("$opsdeck" adopt | sed -n 's/^shown *//p')
"$opsdeck" adopt --shown "$shown" --rationale "as it is" >/dev/null
"$opsdeck" sweep >/dev/null
"$opsdeck" sweep >/dev/null
words "$tmp/first"
"$opsdeck" log >"$tmp/log"
i=2
while [ "$i" -lt "$sweeps" ]; do
	i=$((i + 1))
	"$opsdeck" sweep >/dev/null
	words "$tmp/again"
	"$opsdeck" log >"$tmp/log.again"
	same "$tmp/first" "$tmp/again" 1 || fail "sweep $i words something anew"
	same "$tmp/log" "$tmp/log.again" 3 || fail "sweep $i has something turn"
done
checks=$(cut -f 1 "$tmp/first" | sort -u | wc -l)
slow=$(sort -u "$tmp/slow" | wc -l)
[ "$((checks - slow))" -gt 10 ] || fail "$slow of $checks checks ran out of time"
echo "hundred: $sweeps sweeps, $checks checks, nothing moved; $slow ran out of time and were left out"
