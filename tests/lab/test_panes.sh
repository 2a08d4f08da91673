#!/usr/bin/env bash
# Each thing that can break shows in its pane after one sweep, and heals after the next.
# shellcheck source=tests/lab/common.sh
. "$(dirname -- "$0")/common.sh" "$@"
# shellcheck source=tests/lab/screen.sh
. "$lab_dir/screen.sh"

# shows FAULT HOST CHECK STATE SAYS SCREEN: broken, one sweep, seen; healed, one sweep, gone.
shows()
{
	local fault=$1 host=$2 check=$3 state=$4 says=$5 pane=$6
	say "$fault"
	holds "$(finding "$host" "$check")" '^ok ' "$fault: before"
	break_it "$fault"
	sweep
	holds "$(finding "$host" "$check")" "^$state .*($says)" "$fault: $host $check"
	screen_wait "$pane"
	heal_it "$fault"
	sweep
	holds "$(finding "$host" "$check")" '^ok ' "$fault: $host $check healed"
	until_true 10 "$pane has left the screen" screen_gone "$pane"
}
screen_gone() { ! screen_has "$1"; }

estate_make
screen_open max max
screen_wait '3 Quorum.*holds'
screen_wait '4 Backups.*all fresh'
screen_wait '5 Containers.*all well'
screen_print

shows quorum-node node1 quorum warn 'missing' '▲ node1 +2 of 3'
shows qdevice node1 quorum warn '2 of 3 votes|quorum device gives no' '▲ node1 +2 of 3'
shows container store1 containers crit 'restart loop' '✖ store1 +queue|queue +restart'
shows container-unhealthy store1 containers crit 'unhealthy' '✖ store1 +web|web +unhealthy'
shows backup store1 restic crit '[0-9]+ ?[dh]' '✖ store1'
shows service web1 services crit 'nginx' '✖ web1'
screen_print
keys q
screen_close
say "panes: all six shown and healed"
