# shellcheck shell=bash
# One host: its folder, its processes, its start and its end. Sourced by ./lab.

nspawn_options=()

host_dir() { echo "$lab/hosts/$1"; }

proc_start() # PID: when it started, in ticks; a pid alone can be used again
{
	[ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

wait_end() # SECONDS PID: until it is gone, or a zombie, which has no command line
{
	local end=$((SECONDS + $1))
	while [ -n "$(tr -d '\0' 2>/dev/null <"/proc/$2/cmdline")" ]; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done 2>/dev/null
}

host_pid() # HOST: its systemd-nspawn, if it runs
{
	local pid start
	read -r pid start 2>/dev/null <"$(host_dir "$1")/pid" || return 1
	[ -n "$start" ] && [ "$(proc_start "$pid")" = "$start" ] && echo "$pid"
}

host_leader() # HOST: its PID 1 as this machine sees it
{
	local pid child
	pid=$(host_pid "$1") || return 1
	for child in $(pgrep -P "$pid"); do
		if [ "$(awk '/^NSpid:/ { print $3 }' "/proc/$child/status")" = 1 ]; then
			echo "$child"
			return 0
		fi
	done
	return 1
}

in_host() # HOST CMD...
{
	local leader
	leader=$(host_leader "$1") || die "$1 is not up"
	shift
	nsenter -t "$leader" -m -u -i -n -p -r -w -- /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
		TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# Each host needs cgroups of its own: without, their systemds remove each other's.
host_cgroups() # HOST
{
	local target options
	findmnt -rn -t cgroup,cgroup2 -o TARGET,OPTIONS | while read -r target options; do
		case ,$options, in
		*,cpuset,*) ;; # v1: takes nobody before its sets are filled in; not needed
		*) echo "$target/opsdeck-lab.$bridge.$1" ;;
		esac
	done
}

# The image below a host, and what is written into it before it boots; tools.sh has its own.
host_lower() { echo "$lab/$(base_name)"; }
host_role() { "role_${1%%[0-9]*}" "$1" "$2"; } # HOST ROOT

host_prepare() # HOST: the overlay, mounted, with everything that stands before the first boot
{
	local h=$1 d base
	d=$(host_dir "$h") base=$(base_name)
	[ "$(cat "$d/base" 2>/dev/null)" = "$base $(roles_hash)" ] || host_wipe "$h"
	mkdir -p "$d/root" "$d/upper" "$d/work"
	if ! mountpoint -q "$d/root"; then
		mount -t overlay "lab-$h" -o "lowerdir=$(host_lower),upperdir=$d/upper,workdir=$d/work" \
			"$d/root" || skip "no overlay on $lab (OPSDECK_LAB_DIR names another place)"
	fi
	[ ! -f "$d/base" ] || return 0
	role_common "$h" "$d/root"
	host_role "$h" "$d/root"
	echo "$base $(roles_hash)" >"$d/base"
}

host_start() # HOST
{
	local h=$1 d groups
	host_pid "$h" >/dev/null && return 0
	host_prepare "$h"
	d=$(host_dir "$h")
	mapfile -t groups < <(host_cgroups "$h")
	mkdir -p "${groups[@]}"
	# shellcheck disable=SC2016 # expanded by the shell that moves itself
	setsid bash -c 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done
		shift; exec "$@"' lab "${groups[@]}" -- \
		systemd-nspawn -q -D "$d/root" --machine="$bridge-$h" --hostname="$h" \
		--register=no --keep-unit --network-bridge="$bridge" --capability=all \
		--link-journal=no --resolv-conf=off --timezone=off --console=read-only \
		"${nspawn_options[@]}" -b </dev/null >"$d/console.log" 2>&1 9>&- &
	echo "$! $(proc_start $!)" >"$d/pid"
}

ssh_answers() # ADDR
{
	timeout 1 bash -c "exec 3<>/dev/tcp/$1/22 && read -r -u 3 line && [[ \$line == SSH-* ]]"
}

host_wait() # HOST
{
	local h=$1 state
	wait_for 60 "$h: PID 1" host_leader "$h"
	wait_for 60 "$h: systemd" in_host "$h" systemctl show --property=Version
	state=$(in_host "$h" timeout 90 systemctl is-system-running --wait) || true
	[ "$state" = running ] || {
		say "$h is $state:"
		in_host "$h" systemctl --no-pager --plain --no-legend --failed >&2
	}
	wait_for 30 "$h: sshd" ssh_answers "$(host_addr "$h")"
}

# FILE becomes opsdeck's drop-in. The whole set is checked, for two drop-ins that each parse may fail
# together.
host_sudoers() # HOST FILE
{
	in_host "$1" sh -c 'set -e; cd /etc/sudoers.d; umask 0227
		cat >.zz-opsdeck.new; chmod 0440 .zz-opsdeck.new
		visudo -q -c -f .zz-opsdeck.new || { rm .zz-opsdeck.new; exit 1; }
		[ ! -e zz-opsdeck ] || ln -Tf zz-opsdeck .zz-opsdeck.was
		mv -T .zz-opsdeck.new zz-opsdeck
		visudo -q -c && { rm -f .zz-opsdeck.was; exit 0; }
		if [ -e .zz-opsdeck.was ]; then mv -T .zz-opsdeck.was zz-opsdeck; else rm zz-opsdeck; fi
		exit 1' <"$2"
}

host_link() # HOST: this machine's end of its cable
{
	local n
	n=$(in_host "$1" cat /sys/class/net/host0/iflink) || return 1
	ip -o link | awk -F': ' -v n="$n" '$1 == n { sub(/@.*/, "", $2); print $2 }'
}

# Loop devices belong to the machine: those over a host's files would outlive it.
host_loops() # ROOT
{
	local dev name back
	dev=$(mountpoint -d "$1" 2>/dev/null) || return 0
	losetup -n -O NAME,BACK-MAJ:MIN 2>/dev/null | while read -r name back; do
		[ "$back" != "$dev" ] || losetup -d "$name" || true
	done
}

# Whoever is left in the host's own cgroups, then these, the mount and the cable.
host_cleanup() # HOST [LINK]
{
	local h=$1 link=${2:-} d group pid
	d=$(host_dir "$h")
	for group in $(host_cgroups "$h"); do
		[ -d "$group" ] || continue
		for pid in $(find "$group" -name cgroup.procs -exec cat {} + | sort -u); do
			kill -KILL "$pid" 2>/dev/null || true
			wait_end 5 "$pid" || true
		done
		find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
	done
	[ -z "$link" ] || ip link del "$link" 2>/dev/null || true
	host_loops "$d/root"
	! mountpoint -q "$d/root" || umount "$d/root" 2>/dev/null || umount -l "$d/root"
	rm -f "$d/pid" "$d"/.#*.lck
}

host_wipe() # HOST
{
	host_stop now "$1"
	rm -rf --one-file-system "$(host_dir "$1")"
}

host_stop() # now|clean HOST...: asked together, waited for one by one
{
	local how=$1 h pid leader
	local -A link
	shift
	for h in "$@"; do
		pid=$(host_pid "$h") || continue
		link[$h]=$(host_link "$h" 2>/dev/null) || true
		# Without its PID 1 a host ends at once; without nspawn it would stay behind.
		if [ "$how" = now ] && leader=$(host_leader "$h"); then
			kill -KILL "$leader"
		else
			kill -TERM "$pid"
		fi
	done
	for h in "$@"; do
		if pid=$(host_pid "$h"); then
			wait_end 25 "$pid" || true
		fi
		host_cleanup "$h" "${link[$h]:-}"
	done
}
