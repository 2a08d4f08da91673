#!/bin/sh
# The exit status of the commands and what they say, row by row, with the real program; and that what was
# adopted or accepted is looked at again by itself. Needs no network and no root.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "exit_codes: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-exit.XXXXXX")
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
HOME=$tmp
OPSDECK_DATADIR=$tmp/data
OPSDECK_STATE=$tmp/state
OPSDECK_LINGER=2m
export HOME OPSDECK_DATADIR OPSDECK_STATE OPSDECK_LINGER
unset OPSDECK_REPO XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_NOSYSTEM
mkdir -p "$tmp/data/checks" "$tmp/data/runbooks"
cp -r "$src/checks/files" "$tmp/data/checks/"
cp "$src/runbooks/files.md" "$tmp/data/runbooks/"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

fail()
{
	echo "exit_codes: $*" >&2
	cat "$tmp/state/serve.log" >&2 2>/dev/null || true
	exit 1
}
has() { printf '%s' "$1" | grep -qF -- "$2" || fail "no \"$2\" in: $1"; }
field() { sed -n "s/^$1 *//p" | head -n 1; }
# One row a line: STATUS|what it says|arguments of opsdeck.
rows()
{
	while IFS='|' read -r want text args; do
		[ -n "$want" ] || continue
		rc=0
		# shellcheck disable=SC2086 # words
		said=$("$opsdeck" $args </dev/null 2>&1) || rc=$?
		[ "$rc" = "$want" ] || fail "opsdeck $args: status $rc, not $want: $said"
		case $said in *"$text"*) ;; *) fail "opsdeck $args: no \"$text\" in: $said" ;; esac
	done
}

git config --global user.name max
git config --global user.email max@example.net
cd "$tmp"

# Where there is nothing yet, each message says what to do.
rows <<END
0|usage: opsdeck|--help
0|opsdeck|--version
2|there is no command|nonsense
2|takes no option --bogus|sweep --bogus
2|usage: opsdeck init|init
2|wants a value|findings --host
2|takes no value|findings --json=yes
4|opsdeck init DIR|status
4|opsdeck init DIR|sweep
0|made an ops repo|init ops
END
cd ops
cat >>fleet.yml <<END
  gone:
    address: 127.0.0.1
    port: 1
    without: [files]
END
git commit -qam "a host that nobody answers for"
here=$(sed -n 's/^estate: //p' fleet.yml)
rows <<END
4|run \`opsdeck sweep\`|status
4|run \`opsdeck sweep\`|findings
4|--worktree|sudoers $here
0|zz-opsdeck|sudoers $here --worktree
3|--read-only|sweep --read-only
0|2 hosts|sweep
0|zz-opsdeck|sudoers $here
0|#!/bin/sh|sudoers --all --script
2|usage: opsdeck sudoers|sudoers --all
2|usage: opsdeck sudoers|sudoers
4|no host nope|sudoers nope
4|no host nope|sweep nope
4|no check nope|check run nope $here
4|P-99|review P-99
4|P-99|withdraw P-99 why
4|P-99|commit P-99
4||diff $here nope
2|--only wants|findings --only bad
2|go together|accept --tip x
5|not what was shown|adopt --shown 00 --rationale x
5||accept --tip 00 --shown 00
6||trust gone
6|another server|serve
END

# A look after adopting and after accepting comes by itself: news wake the reader, nobody sweeps.
settles()
{
	for _ in $(seq 300); do
		case $("$opsdeck" findings --host "$here" --check files) in *"$1"*) return 0 ;; esac
		sleep 0.1
	done
	fail "the finding never said $1"
}
has "$("$opsdeck" findings --check files 2>&1)" "opsdeck adopt"
shown=$("$opsdeck" adopt | field shown)
"$opsdeck" adopt --shown "$shown" --rationale "as it stands" >/dev/null
settles "as in the reference"
printf 'Another text.\n' >"refs/$here/files$tmp/ops/sandbox/motd"
git commit -qam "another text"
shown=$("$opsdeck" incoming | field shown)
"$opsdeck" accept --tip "$(git rev-parse HEAD)" --shown "$shown" >/dev/null
settles "drift"

# What is broken is refused with its place, and everybody sees it until something is accepted.
cp fleet.yml "$tmp/fleet.yml"
echo "sweeep: {}" >>fleet.yml
git commit -qam "broken"
shown=$("$opsdeck" incoming | field shown)
line=$(grep -n sweeep fleet.yml | cut -d: -f1)
rows <<END
2|fleet.yml:$line:1: unknown key|accept --tip $(git rev-parse HEAD) --shown $shown
0|what was before stays in force: fleet.yml:$line:1|status
2|fleet.yml:$line:1: unknown key|check-config
END
cp "$tmp/fleet.yml" fleet.yml
git commit -qam "mended"
shown=$("$opsdeck" incoming | field shown)
"$opsdeck" accept --tip "$(git rev-parse HEAD)" --shown "$shown" >/dev/null
if "$opsdeck" status | grep -q "stays in force"; then fail "the mended fleet.yml still counts as broken"; fi

# Whose a proposal is, and how much one may hold.
cat >"$tmp/p.yml" <<END
title: put motd back
rationale: it is another
runbook: files
steps:
  - {file: $tmp/ops/sandbox/motd, host: $here, content: "hello\n", owner: $(id -un), group: $(id -gn), mode: "0644"}
END
head -c 1000000 /dev/zero | tr '\0' 'x' >"$tmp/big.yml"
rows <<END
7||propose $tmp/big.yml
2|wants a name|propose $tmp/p.yml --agent a/b
0|P-1 proposed|propose $tmp/p.yml --agent luna
5|P-1 asks for exactly this already|propose $tmp/p.yml
0|luna (by |proposals
0|AGENT NOT SEPARATED|status
0|"agent_separated": false|status --json
2|wants --plan|review P-1 --approve
3|--read-only|review P-1 --read-only
END

# A start right after a stop works, a stop without a server does too, and the log stays bounded.
for _ in 1 2 3; do
	rows <<END
0||stop
0|2 hosts|sweep
END
done
rows <<END
0|AGENT NOT SEPARATED|status
0||stop
0||stop
END
head -c 1100000 /dev/zero | tr '\0' 'x' >"$tmp/state/serve.log"
"$opsdeck" sweep >/dev/null
[ "$(stat -c %s "$tmp/state/serve.log")" -lt 100000 ] || fail "serve.log was not turned"
[ -f "$tmp/state/serve.log.1" ] || fail "the old log is gone"

# Two clients in the same instant, with none running: one server, both answered.
"$opsdeck" stop
: >"$tmp/state/serve.log"
pids=
for i in 1 2 3 4; do
	"$opsdeck" sweep "$here" >"$tmp/out.$i" 2>&1 &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid" || fail "a client was not answered: $(cat "$tmp"/out.?)"
done
[ "$(grep -c 'listens on' "$tmp/state/serve.log")" = 1 ] || fail "more than one server"

# Data commands print one JSON value.
for args in status findings log proposals "review P-1" incoming adopt info "audit verify" check-config \
	"diff $here files" "check run files $here" "sweep $here"; do
	# shellcheck disable=SC2086
	"$opsdeck" $args --json >"$tmp/json" || fail "$args --json: status $?"
	if command -v jq >/dev/null; then
		jq -e 'type == "object"' "$tmp/json" >/dev/null || fail "$args --json is no object"
	fi
done
echo "exit_codes: all of it"
