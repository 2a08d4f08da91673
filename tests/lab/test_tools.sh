#!/usr/bin/env bash
# Every tool host of tests/lab/tools, or those named: each breaks for real and comes back. Three at a
# time; each prints its lines when it has ended. Ends with "N passed, N failed, N skipped".
#   test_tools.sh BUILD [NAME...]
set -uo pipefail

src=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=${1:?usage: test_tools.sh BUILD [NAME...]}
shift
at_once=${OPSDECK_LAB_AT_ONCE:-3}
limit=${OPSDECK_LAB_TOOL_TIME:-1200}
tmp=$(mktemp -d)
passed=0 failed=0 skipped=0
declare -A name_of=()

at_exit()
{
	local pid
	trap '' INT TERM
	for pid in "${!name_of[@]}"; do kill "$pid" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap at_exit EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

names=("$@")
# Virtual machines first, for they take longest.
[ $# -gt 0 ] || mapfile -t names < <(cd "$src/tools" && grep -l '^tool_machine=vm' ./*.sh; grep -L '^tool_machine=vm' ./*.sh)

# One has ended: its lines, and its place is free.
one_ends()
{
	local pid='' rc=0 name
	wait -n -p pid "${!name_of[@]}" || rc=$?
	[ -n "$pid" ] || return
	name=${name_of[$pid]}
	unset "name_of[$pid]"
	printf -- '-- %s (%s s)\n' "$name" $((SECONDS - $(cat "$tmp/$name.start")))
	cat "$tmp/$name.out"
	case $rc in
	0) passed=$((passed + 1)) ;;
	77) skipped=$((skipped + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAIL tool host %s (exit %s)\n' "$name" "$rc"
		;;
	esac
}

for name in "${names[@]}"; do
	name=$(basename "$name" .sh)
	[ ${#name_of[@]} -lt "$at_once" ] || one_ends
	echo $SECONDS >"$tmp/$name.start"
	timeout -k 60 "$limit" "$src/tool_host" "$build" "$name" >"$tmp/$name.out" 2>&1 </dev/null &
	name_of[$!]=$name
done
while [ ${#name_of[@]} -gt 0 ]; do one_ends; done
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
