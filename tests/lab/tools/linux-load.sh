# shellcheck shell=bash
# A disk hangs: who writes to it waits, and the load rises although the CPUs are idle. Alone, for an
# average over a quarter of an hour takes a minute to rise by eight and another to fall below that.

tool_packages='e2fsprogs'
# The machine's load is also this host's: the limit stands well above it.
load_limit=$(awk '{ printf "%d", $3 + 8 }' /proc/loadavg)
tool_fleet="tags: [linux]
params: {load_warn: $(awk -v n="$(nproc)" -v l="$load_limit" 'BEGIN { print l / n }'), load_crit: 1000}"

tool_ready()
{
	local disk
	loop_nodes
	for disk in many few; do
		truncate -s 20M "/root/$disk.img"
		mkfs.ext4 -q -m 0 "/root/$disk.img"
		mkdir "/srv/$disk"
		mount -o loop "/root/$disk.img" "/srv/$disk"
	done
}

load_is() { awk -v l="$2" "{ exit !(\$3 $1 l) }" /proc/loadavg; } # OPERATOR LIMIT
hang() # DISK WRITERS
{
	local i
	fsfreeze -f "/srv/$1"
	for ((i = 0; i < $2; i++)); do
		setsid touch "/srv/$1/late" </dev/null >/dev/null 2>&1 &
	done
}

# Many at first, few for the last step: what is above the limit has to fall again.
hang_disks() # LIMIT
{
	hang few 50
	hang many 300
	until_true 120 load_is '>' "$(($1 - 2))"
	fsfreeze -u /srv/many
	until_true 120 load_is '>=' "$1"
}
let_go() # LIMIT
{
	fsfreeze -u /srv/few
	until_true 240 load_is '<' "$1"
}

turns load "hang_disks $load_limit" "let_go $load_limit" warn 'load above'
