#!/usr/bin/env bash
# The server is killed (-9) at each of its writes to disk in turn while a change is approved and applied;
# whatever the moment, the file is either whole old or whole new, nothing is done twice, and a person or
# the next start brings it to its end.
#   crash.sh OPSDECK
# strace kills at the Nth fdatasync or fsync: these are the borders between what is known and what is not.
set -uo pipefail
opsdeck=$(realpath "${1:-./opsdeck}")
command -v strace >/dev/null 2>&1 || { echo "skipped: strace is not installed"; exit 77; }
strace -qq -o /dev/null -e inject=fsync:signal=KILL:when=9999 true 2>/dev/null ||
	{ echo "skipped: strace may not trace here"; exit 77; }
work=$(mktemp -d)
export HOME=$work/home OPSDECK_DATADIR=${OPSDECK_SRCDIR:-$(dirname "$0")/../..}
OPSDECK_DATADIR=$(realpath "$OPSDECK_DATADIR")
export GIT_CONFIG_NOSYSTEM=1
# The leak checker cannot run under a tracer.
export ASAN_OPTIONS=detect_leaks=0
mkdir -p "$HOME" "$work/tmpl"
git config --global user.name Max
git config --global user.email max@example.net
trap 'rm -rf "$work"' EXIT

fail() {
	echo "FAIL: at write $n: $*"
	exit 1
}
od() { "$opsdeck" --repo "$1/ops" --state "$1/state" "${@:2}"; }
field() { python3 -c 'import json,sys; print(json.load(sys.stdin).get(sys.argv[1]) or "")' "$1"; }
state_of() { od "$1" proposals --all --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["proposals"][0]["state"])'; }

# ---- a template: an estate with one proposal that waits, and nothing running ----
t=$work/tmpl
mkdir -p "$t/ops" "$t/sandbox"
printf 'old\n' >"$t/sandbox/f"
git -C "$t/ops" init -q -b main
cat >"$t/ops/policy.yml" <<'Y'
rules:
  - {name: sandbox, hosts: [here], kinds: [file], action: approve}
Y
cat >"$t/proposal.yml" <<Y
title: a new f
rationale: the old one is old
steps:
  - {file: $work/run/sandbox/f, host: here, content: "new\n", owner: root, group: root, mode: "0644"}
verify:
  - {check: reachable, host: here}
Y
cat >"$t/ops/fleet.yml" <<Y
estate: crash
hosts:
  here: {transport: local, sandbox: $work/run/sandbox}
Y
git -C "$t/ops" add -A && git -C "$t/ops" commit -qm "an estate"

fresh() {
	rm -rf "$work/run"
	cp -a "$t" "$work/run"
}

n=0
fresh
od "$work/run" propose "$work/run/proposal.yml" >/dev/null || fail "cannot propose"
review=$(od "$work/run" review P-1 --json) || fail "cannot review"
stop() {
	od "$work/run" stop >/dev/null 2>&1
	flock "$work/run/state/store.lock" true
}
stop
plan=$(field plan <<<"$review")
shown=$(field shown <<<"$review")
rm -rf "$t"
cp -a "$work/run" "$t"

check_end() {
	local run=$1 state content commits
	od "$run" incoming >/dev/null || fail "no server after the restart"
	# What was applied or verified goes on by itself.
	for _ in $(seq 200); do
		state=$(state_of "$run") || fail "no state after the restart"
		case $state in applied | verified) sleep 0.05 ;; *) break ;; esac
	done
	content=$(cat "$run/sandbox/f")
	case $content in old | new) ;; *) fail "the file is neither old nor new" ;; esac
	case $state in
	proposed | outdated)
		[ "$content" = old ] || fail "$state, but the file was changed"
		;;
	interrupted)
		od "$run" reconcile P-1 "looked at it" --undo >/dev/null || fail "cannot reconcile"
		[ "$(cat "$run/sandbox/f")" = old ] || fail "reconciled with undo, but the file is new"
		state=$(state_of "$run")
		[ "$state" = rejected ] || fail "reconciled, but $state"
		[ "$(ls -A "$run/sandbox")" = f ] || fail "leftovers: $(ls -A "$run/sandbox")"
		;;
	committed)
		[ "$content" = new ] || fail "committed, but the file is old"
		;;
	*) fail "ended as $state" ;;
	esac
	commits=$(git -C "$run/ops" log --format=%B | grep -c '^Proposal: P-1$')
	[ "$commits" -le 1 ] || fail "$commits commits of one change"
	[ "$state" != committed ] || [ "$commits" = 1 ] || fail "committed without a commit"
	git -C "$run/ops" fsck --strict >/dev/null 2>&1 || fail "git fsck"
	[ -z "$(git -C "$run/ops" status --porcelain)" ] || fail "work tree: $(git -C "$run/ops" status --porcelain)"
	od "$run" audit verify >/dev/null || fail "the audit chain does not hold"
	echo "$state" >>"$work/ends"
}

# Returns when the server listens, or is gone.
serve() {
	local ready=$work/ready
	rm -f "$ready"
	mkfifo "$ready"
	strace -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:signal=KILL:when="$n" \
		"$opsdeck" --repo "$work/run/ops" --state "$work/run/state" serve --on-demand --linger 1h \
		--ready-fd 3 3>"$ready" >"$work/serve.log" 2>&1 &
	server=$!
	read -r _ <"$ready"
}

while [ $((n += 1)) -lt 200 ]; do
	fresh
	serve
	timeout 60 "$opsdeck" --repo "$work/run/ops" --state "$work/run/state" review P-1 --approve --plan "$plan" \
		--shown "$shown" --rationale "it is old" >"$work/approve.log" 2>&1
	approved=$?
	if kill -0 "$server" 2>/dev/null && [ $approved = 0 ]; then
		stop
		wait "$server" 2>/dev/null
		check_end "$work/run"
		stop
		break
	fi
	wait "$server" 2>/dev/null
	check_end "$work/run"
	stop
done
sort "$work/ends" | uniq -c
[ "$n" -gt 10 ] || fail "only $n writes: nothing was killed in the middle"
grep -q interrupted "$work/ends" || grep -q rejected "$work/ends" || fail "it was never killed while it was applying"
echo "killed at each of $((n - 1)) writes"
