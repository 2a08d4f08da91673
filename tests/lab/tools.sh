# shellcheck shell=bash
# A tool host: its description is read, it is booted beside all others, an estate of its own watches
# it, and each of its turns is made. Sourced by ./tool_host. README.md says what a description holds.

turn_checks=() turn_breaks=() turn_heals=() turn_states=() turn_patterns=() turn_options=()

# turns CHECK BREAK HEAL STATE PATTERN [first=FUNCTION] [before=STATE] [sweeps=N] [host=NAME]
turns()
{
	(($# >= 5)) || die "$tool: turns CHECK BREAK HEAL STATE PATTERN [OPTION...]"
	turn_checks+=("$1") turn_breaks+=("$2") turn_heals+=("$3")
	turn_states+=("$4") turn_patterns+=("$5")
	shift 5
	turn_options+=("$*")
}

# Sets packages, hosts, host_functions and the turns from the description.
tool_read() # FILE
{
	local before
	tool_packages='' tool_hosts='' tool_fleet='' tool_suite='' tool_bastion_packages='' tool_catalogue='' tool_machine=''
	before=$(compgen -A function)
	# shellcheck source=/dev/null
	. "$1"
	read -r -d '' -a packages <<<"$tool_packages" || true
	read -r -d '' -a hosts <<<"${tool_hosts:-$tool}" || true
	read -r -d '' -a bastion_packages <<<"$tool_bastion_packages" || true
	suite=${tool_suite:-$suite}
	if [ "$tool_machine" = vm ]; then
		# shellcheck source=tests/lab/vm.sh
		. "$lab_src/vm.sh"
		bastion_packages+=(qemu-system-x86 e2fsprogs cpio)
	fi
	host_functions=$(declare -f until_true no loop_nodes loop_attach \
		$(comm -13 <(sort <<<"$before") <(compgen -A function | sort)))
	[ -n "$tool_fleet" ] || die "$1 has no tool_fleet"
}

# ---- words for the functions of a description, on the host

until_true() # SECONDS CMD...
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "waited in vain: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}
no() { ! "$@"; }

# Block devices are the machine's: a host needs the nodes, and detaches by name only what it attached.
loop_nodes()
{
	local i
	[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
	[ -e /dev/btrfs-control ] || mknod /dev/btrfs-control c 10 234
	for ((i = 0; i < 64; i++)); do [ -e /dev/loop$i ] || mknod /dev/loop$i b 7 $i; done
}
loop_attach() # FILE SIZE: makes FILE, prints its device
{
	loop_nodes
	truncate -s "$2" "$1"
	losetup -f --show "$1"
}

# ---- words for tool_setup, on this machine

# What runc wants beyond a usual host: keyrings, and control groups that can be written.
# shellcheck disable=SC2034 # for descriptions: nspawn_options=("${docker_options[@]}")
docker_options=('--system-call-filter=add_key keyctl request_key bpf')
docker_setup() # ROOT
{
	write "$1/etc/systemd/system/docker.service.d/lab.conf" <<-'END'
		[Service]
		ExecStartPre=/bin/sh -c 'umount /sys/fs/cgroup/cpuset; for g in memory cpu cpuacct pids blkio devices freezer; do mount -o remount,rw,bind /sys/fs/cgroup/$$g || true; done'
	END
}

# ---- a place of its own: number, bridge, network, folder

# The first free number is this run's for as long as it holds the lock, which is the machine's, as the bridge
# is; what a run that was killed has left there is taken away.
slot_take()
{
	local i
	mkdir -p "$images/tools"
	for ((i = 1; i < 200; i++)); do
		exec 9>"/run/lock/opsdeck-lab-tool-$i"
		flock -n 9 || continue
		slot=$i lab=$images/tools/$i bridge=odtool$i net=$slot_net.$i
		slot_clear
		mkdir -p "$lab"
		return 0
	done
	die "no free place in $images/tools"
}

slot_clear()
{
	local h dir
	[ -d "$lab" ] || return 0
	for dir in "$lab/hosts"/*/; do
		h=$(basename "$dir")
		[ ! -d "$dir" ] || host_wipe "$h"
	done
	! ip link show "$bridge" >/dev/null 2>&1 || ip link del "$bridge"
	rm -rf --one-file-system "$lab"
}

# ---- the host

host_lower() { echo "$layer:$images/$(base_name)"; }
host_role() # HOST ROOT
{
	if declare -F tool_setup >/dev/null; then
		tool_setup "$2" "$1"
	fi
}

# run_on HOST SNIPPET: in a host's shell that knows the description's functions
run_on() { in_host "$1" bash -euo pipefail -c "$host_functions"$'\n'"$2"; }

# do_it SNIPPET: `here ...` on this machine, `on HOST ...` there, else on the first host
do_it()
{
	case $1 in
	'here '*) eval "${1#here }" ;;
	'on '*)
		local rest=${1#on }
		run_on "${rest%% *}" "${rest#* }"
		;;
	*) run_on "${hosts[0]}" "$1" ;;
	esac
}

hosts_up()
{
	local h
	keys_make
	bridge_up
	for h in "${hosts[@]}"; do host_start "$h"; done
	for h in "${hosts[@]}"; do host_wait "$h"; done
	declare -F tool_ready >/dev/null || return 0
	for h in "${hosts[@]}"; do
		run_on "$h" "tool_ready $h" >"$lab/said" 2>&1 ||
			die "$h: tool_ready failed: $(tail -n 10 "$lab/said")"
	done
}

# ---- the estate: an ops repo, and the real server on demand

deck() { (cd "$ops" && "$opsdeck" "$@"); }

catalogue() # the names of all checks
{
	local file
	for file in "$tree"/checks/*/check.yml; do basename "${file%/*}"; done
}
catalogue_tags() # every tag that any of them asks for, as a YAML list
{
	sed -n 's/^applies: {tags: \[\(.*\)\]}$/\1/p' "$tree"/checks/*/check.yml | tr -s ', ' '\n' | sort -u | grep -vx sandbox | paste -sd, | sed 's/.*/[&]/'
}

# What of the source tree the server reads, not what was installed; and of the checks only those that
# are tried here, so that a host shows what they alone need.
estate_env()
{
	local name check
	export HOME=$lab/home GIT_CONFIG_NOSYSTEM=1 OPSDECK_LINGER=10m OPSDECK_DATADIR=$lab/data
	unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
	ops=$lab/ops
	mkdir -p "$HOME/.ssh" "$OPSDECK_DATADIR/checks"
	chmod 0700 "$HOME/.ssh"
	for name in runbooks themes; do ln -sfn "$tree/$name" "$OPSDECK_DATADIR/$name"; done
	local checks=(reachable "${turn_checks[@]}")
	[ -z "$tool_catalogue" ] || mapfile -t checks < <(catalogue)
	for check in "${checks[@]}"; do
		[ -d "$tree/checks/$check" ] || die "there is no check $check"
		ln -sfn "$tree/checks/$check" "$OPSDECK_DATADIR/checks/$check"
	done
	install -m 0600 "$lab/keys/look" "$HOME/.ssh/id_ed25519"
	git config --global user.name max
	git config --global user.email max@lab.example
}

fleet_yml()
{
	local h own text
	printf 'estate: %s\nsweep: {every: 6h, width: 8, deadline: 60s}\nhosts:\n' "$tool"
	for h in "${hosts[@]}"; do
		own=tool_fleet_${h//-/_}
		text=${!own:-$tool_fleet}
		printf '  %s:\n    address: %s\n' "$h" "$(host_addr "$h")"
		fleet_names <<<"$text" | sed 's/^/    /'
	done
}

# @HOST@ is that host's address, @here@ this machine's on their bridge.
fleet_names()
{
	local h script=(-e "s/@here@/$net.1/g")
	for h in "${hosts[@]}"; do script+=(-e "s/@$h@/$(host_addr "$h")/g"); done
	sed "${script[@]}"
}

host_fingerprint() # HOST
{
	ssh-keygen -lf "$lab/hostkeys/$1/ssh_host_ed25519_key.pub" | awk '{ print $2 }'
}

estate_make()
{
	local h shown
	estate_env
	"$opsdeck" init "$ops" >/dev/null || die "opsdeck init"
	fleet_yml >"$ops/fleet.yml"
	echo 'rules: []' >"$ops/policy.yml"
	deck check-config . >"$lab/said" 2>&1 || die "tests/lab/tools/$tool.sh: $(cat "$lab/said")"
	git -C "$ops" commit -qam "fleet: $tool"
	for h in "${hosts[@]}"; do
		deck trust "$h" --fingerprint "$(host_fingerprint "$h")" >/dev/null || die "trust $h"
		deck sudoers "$h" >"$lab/sudoers.$h" || die "opsdeck sudoers $h"
		host_sudoers "$h" "$lab/sudoers.$h" || die "$h: visudo refuses $lab/sudoers.$h"
	done
	sweep
	# Checks without a reference have nothing to adopt, and adopt says so.
	shown=$({ deck adopt 2>"$lab/said" || true; } | sed -n 's/^shown *//p')
	[ -z "$shown" ] || deck adopt --shown "$shown" --rationale "As it was set up." >/dev/null ||
		die "adopt"
	sweep
}

sweep() # of them all; a server that does not answer is a failure
{
	(cd "$ops" && timeout 180 "$opsdeck" sweep) >"$lab/sweep" 2>&1 || die "sweep: $(cat "$lab/sweep")"
}

findings() # HOST: a line for each, "STATE CHECK SUMMARY", and the items that are not ok
{
	deck findings --host "$1" --json | python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    items = ["%s: %s" % (i["name"], i.get("text")) for i in f.get("items") or [] if i.get("state") != "ok"]
    print(" ".join("; ".join(["%s %s %s" % (f["state"], f["check"], f["summary"])] + items).split()))'
}
finding() # HOST CHECK: "STATE SUMMARY", and the items that are not ok
{
	deck findings --host "$1" --check "$2" --json | python3 -c '
import json, sys
found = json.load(sys.stdin)["findings"]
if not found:
    print("none")
for f in found:
    items = ["%s: %s" % (i["name"], i.get("text")) for i in f.get("items") or [] if i.get("state") != "ok"]
    print("; ".join(["%s %s" % (f["state"], f["summary"])] + [i for i in items if i not in f["summary"]]))'
}

# ---- one turn

# sweep_until HOST CHECK STATE PATTERN: at most $sweeps times; sets found
sweep_until()
{
	local i
	for ((i = 0; i < sweeps; i++)); do
		sweep
		found=$(finding "$1" "$2")
		[[ $found != "$3 "* ]] || ! grep -Eq -- "$4" <<<"$found" || return 0
	done
	return 1
}

turn_failed() # HOST CHECK WHAT
{
	echo "FAIL $2: $3"
	deck check run "$2" "$1" 2>&1 | cut -c1-400 >"$lab/raw"
	if [ "$(wc -l <"$lab/raw")" -gt 100 ]; then
		sed -i '51,/^== facts/{/^== facts/!{51!d;s/.*/.../}}' "$lab/raw"
	fi
	head -n 120 "$lab/raw" | sed 's/^/    /'
	return 1
}

turn() # INDEX
{
	local check=${turn_checks[$1]} state=${turn_states[$1]} pattern=${turn_patterns[$1]}
	local host=${hosts[0]} before=ok sweeps=1 first='' found='' rc=0 option
	for option in ${turn_options[$1]}; do
		case $option in
		first=* | before=* | sweeps=* | host=*) declare "$option" ;;
		*) die "$tool: turns $check: no option $option" ;;
		esac
	done
	[ -z "$first" ] || do_it "$first" >"$lab/said" 2>&1 || {
		echo "FAIL $check: first: $first: $(tail -n 5 "$lab/said")"
		return 1
	}
	# What was healed for another check may take a moment on a busy machine.
	found=$(finding "$host" "$check")
	[[ $found == "$before "* ]] || sweep_until "$host" "$check" "$before" '' || {
		turn_failed "$host" "$check" "before it is '$found', not $before"
		return
	}
	do_it "${turn_breaks[$1]}" >"$lab/said" 2>&1 || {
		echo "FAIL $check: breaking: ${turn_breaks[$1]}: $(tail -n 5 "$lab/said")"
		rc=1
	}
	[ $rc != 0 ] || sweep_until "$host" "$check" "$state" "$pattern" ||
		turn_failed "$host" "$check" "broken it is '$found', not $state with /$pattern/" || rc=1
	[ $rc != 0 ] || echo "$found" >"$lab/seen"
	do_it "${turn_heals[$1]}" >"$lab/said" 2>&1 || {
		echo "FAIL $check: healing: ${turn_heals[$1]}: $(tail -n 5 "$lab/said")"
		rc=1
	}
	sweep_until "$host" "$check" "$before" '' || [ $rc != 0 ] ||
		turn_failed "$host" "$check" "healed it is '$found', not $before" || rc=1
	[ $rc != 0 ] || printf 'turned %s %s -> %s -> %s: %s\n' "$check" "$before" "$state" "$before" \
		"$(cut -d' ' -f2- "$lab/seen" | cut -c1-140)"
	return $rc
}
