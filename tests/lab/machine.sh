# shellcheck shell=bash
# What the machine must have, its bridge, keys, and words that all of the lab uses. Sourced.

say() { echo "lab: $*" >&2; }
die()
{
	say "$@"
	exit 1
}
skip()
{
	say "cannot run here: $*"
	exit 77
}

# ---- small helpers

write() # FILE [MODE] <text
{
	mkdir -p "${1%/*}"
	cat >"$1"
	chmod "${2:-0644}" "$1"
}

wait_for() # SECONDS WHAT COMMAND...
{
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || die "waited in vain: $what"
		sleep 0.1
	done
}

host_addr() # HOST
{
	local i
	for i in "${!hosts[@]}"; do
		[ "${hosts[i]}" != "$1" ] || echo "$net.$((10 + i))"
	done
}

# ---- the machine

need_machine()
{
	[ "$(id -u)" = 0 ] || skip "hosts need root"
	local missing=() pair
	for pair in systemd-nspawn:systemd-container debootstrap:debootstrap ip:iproute2 \
		ssh-keygen:openssh-client nsenter:util-linux pgrep:procps; do
		command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
	done
	if [ ${#missing[@]} -gt 0 ]; then
		command -v apt-get >/dev/null || skip "missing: ${missing[*]}"
		say "installing ${missing[*]}"
		apt-get -qq update >&2
		DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install \
			"${missing[@]}" >&2 || skip "missing: ${missing[*]}"
	fi
	if [ -z "$suite" ]; then
		# shellcheck source=/dev/null
		suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	fi
	case $suite in
	bookworm | trixie) ;;
	*) skip "suite '$suite': the lab knows bookworm and trixie (--suite)" ;;
	esac
}

# Hands the rest of the run the lock, so that two callers never boot one host.
lock()
{
	mkdir -p "$lab"
	exec 9>"$lab/lock"
	flock -w 900 9 || die "another lab command holds $lab/lock"
}

bridge_up()
{
	ip link show "$bridge" >/dev/null 2>&1 && return 0
	ip link add "$bridge" type bridge
	ip addr add "$net.1/24" dev "$bridge"
	ip link set "$bridge" up
}

# ---- keys: made once, so that a reset host is still the same host to ssh

keys_make()
{
	local k h t
	mkdir -p "$lab/keys" "$lab/hostkeys"
	chmod 0700 "$lab/keys" "$lab/hostkeys"
	for k in look apply max vera luna; do
		[ -f "$lab/keys/$k" ] || ssh-keygen -q -t ed25519 -N '' -C "$k@lab" -f "$lab/keys/$k"
	done
	for h in "${hosts[@]}"; do
		mkdir -p "$lab/hostkeys/$h"
		for t in ed25519 ecdsa rsa; do
			k=$lab/hostkeys/$h/ssh_host_${t}_key
			[ -f "$k" ] || ssh-keygen -q -t "$t" -N '' -C "root@$h" -f "$k"
		done
	done
	client_files
}

client_files()
{
	local h user key
	for h in "${hosts[@]}"; do
		printf '%s\t%s\t22\n' "$h" "$(host_addr "$h")"
	done >"$lab/hosts.tsv"
	for h in "${hosts[@]}"; do
		awk -v n="$h,$(host_addr "$h")" '{ print n, $1, $2 }' "$lab/hostkeys/$h"/*.pub
	done >"$lab/known_hosts"
	{
		for h in "${hosts[@]}"; do
			printf 'Host %s\n\tHostName %s\n' "$h" "$(host_addr "$h")"
		done
		for user in opsdeck-look:look opsdeck-apply:apply max:max vera:vera luna:luna; do
			key=${user#*:}
			printf 'Match user %s\n\tIdentityFile %s\n' "${user%:*}" "$lab/keys/$key"
		done
		printf 'Match all\n\tUserKnownHostsFile %s\n\tGlobalKnownHostsFile /dev/null\n' \
			"$lab/known_hosts"
		printf '\tStrictHostKeyChecking yes\n\tIdentitiesOnly yes\n\tIdentityAgent none\n'
		printf '\tPasswordAuthentication no\n'
	} >"$lab/ssh_config"
}
