# shellcheck shell=bash
# What every lab test shares: the build on the bastion, an estate of the five hosts that is watched
# and adopted, and short words for asking. Sourced by test_*.sh, each called with a build folder.
set -euo pipefail

lab_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
lab=$lab_dir/lab
build=$(cd -- "${1:?usage: $0 BUILD_DIR}" && pwd)
all_hosts=(bastion node1 node2 store1 web1)
tmp=$(mktemp -d)
healing=() screens=() screen_of=

say() { printf '%s\n' "$*"; }
fail()
{
	printf 'FAIL: %s\n' "$*" >&2
	[ -z "${screen_of:-}" ] || screen_print >&2
	exit 1
}

# ---- the lab

at_exit()
{
	local rc=$? fault screen
	set +e
	for screen in "${screens[@]}"; do tmux -L "$screen" kill-server 2>/dev/null; done
	for fault in "${healing[@]}"; do "$lab" heal "$fault" >/dev/null 2>&1; done
	if [ "$rc" != 0 ] && [ "$rc" != 77 ]; then
		say "--- the server's last words"
		"$lab" exec bastion journalctl -u opsdeck --no-pager -n 8 -o cat
	fi
	rm -rf "$tmp"
	exit "$rc"
}
trap at_exit EXIT

lab_up()
{
	local rc=0
	"$lab" up || rc=$?
	[ $rc = 0 ] || exit $rc
	ssh_config=$("$lab" dir)/ssh_config
	known_hosts=$("$lab" dir)/known_hosts
}

on() { "$lab" exec "$@"; }

# Breaks FAULT, and heals it when the test ends in between.
break_it()
{
	healing+=("$1")
	"$lab" break "$1" || fail "lab break $1"
}
heal_it()
{
	local left=() fault
	"$lab" heal "$1" || fail "lab heal $1"
	for fault in "${healing[@]}"; do [ "$fault" = "$1" ] || left+=("$fault"); done
	healing=("${left[@]}")
}

# as USER CMD...: a real login at the bastion, in the user's clone where there is one.
as()
{
	local user=$1
	shift
	# shellcheck disable=SC2029 # quoted for the other side
	ssh -F "$ssh_config" -o BatchMode=yes "$user@bastion" \
		"cd ops 2>/dev/null; $(printf '%q ' "$@")"
}
deck() # USER ARGS...
{
	local user=$1
	shift
	as "$user" opsdeck "$@"
}

# ---- asking

# holds TEXT PATTERN WHAT
holds() { grep -Eq -- "$2" <<<"$1" || fail "$3: no /$2/ in: $1"; }
lacks() { ! grep -Eq -- "$2" <<<"$1" || fail "$3: /$2/ in: $1"; }
same() { [ "$1" = "$2" ] || fail "$3: '$1', not '$2'"; }

# refused STATUS WHAT CMD...: it must end with that exit status; what it said is in $said.
refused()
{
	local want=$1 what=$2 rc=0
	shift 2
	said=$("$@" 2>&1 </dev/null) || rc=$?
	same "$rc" "$want" "$what ($said)"
}

# until_true SECONDS WHAT CMD...
until_true()
{
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || fail "waited in vain: $what"
		sleep 0.1
	done
}

# json CODE...: of JSON on stdin (as d) the value of a Python expression
json() { python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }

sweep() { deck max sweep >/dev/null || fail "sweep"; }

finding() # HOST CHECK: "STATE SUMMARY"
{
	deck max findings --json | json "next((f['state']+' '+str(f['summary'])
		for f in d['findings'] if f['host']=='$1' and f['check']=='$2'), 'none')"
}

proposal_state() # ID
{
	deck max proposals --all --json |
		json "next((p['state'] for p in d['proposals'] if p['id']=='$1'), 'none')"
}
proposal_is() { [ "$(proposal_state "$1")" = "$2" ]; }

propose() # USER <proposal: its id
{
	as "$1" opsdeck propose --json - | json "d['id']"
}

# review_words USER ID: sets plan and shown as that review printed them
review_words()
{
	local out
	out=$(deck "$1" review "$2" --json </dev/null) || fail "review $2"
	plan=$(json "d['plan']" <<<"$out")
	shown=$(json "d['shown']" <<<"$out")
}

approve() # USER ID TYPED: by the last review_words
{
	deck "$1" review "$2" --approve --plan "$plan" --shown "$shown" --typed "$3" \
		--rationale "Tried in the lab." </dev/null
}

# approve_apart ID OUTPUT STATUS: max's, for the background; its exit status goes to a file.
approve_apart()
{
	local rc=0
	approve max "$1" web1 >"$2" 2>&1 || rc=$?
	echo $rc >"$3"
}

# ---- the build, installed

stage_tree()
{
	make -s -C "$build" install DESTDIR="$tmp/stage" >"$tmp/install.log" 2>&1 || {
		tail -n 20 "$tmp/install.log"
		fail "make install"
	}
	say "staged: $(find "$tmp/stage" -type f | wc -l) files"
}

install_build()
{
	stage_tree
	on bastion sh -c 'systemctl stop opsdeck.service 2>/dev/null; rm -rf /usr/local/share/opsdeck'
	tar -C "$tmp/stage" --owner=0 --group=0 -cf - . | on bastion tar -C / -xf - --no-same-owner
	bindir=$(cd "$tmp/stage" && dirname "$(find . -type f -name opsdeck -perm -1 | head -n 1)")
	bindir=${bindir#.}
	on bastion sh -c 'systemd-sysusers && systemctl daemon-reload'
}

# ---- the estate

serve_yml()
{
	cat <<-'END'
		repo: /srv/ops.git
		state: /var/lib/opsdeck/state
		socket: /run/opsdeck/sock
		roles: {operators: [max], viewers: [vera], agents: [luna]}
		keys: {look: /etc/opsdeck/look, apply: /etc/opsdeck/apply}
		notify: [/usr/local/bin/tell]
	END
}

fleet_yml()
{
	local h
	printf 'estate: lab\nsweep: {every: 10m, width: 32, deadline: 20s}\nhosts:\n'
	for h in "${all_hosts[@]}"; do
		printf '  %s:\n    address: %s\n' "$h" "$("$lab" addr "$h")"
		printf '    without: [load, pressure]\n' # the machine's, not the host's
		case $h in
		node*) printf '    tags: [linux, cluster]\n' ;;
		store1)
			printf '    tags: [linux, containers, backup]\n'
			printf '    params: {restic_repo: /srv/restic, '
			printf 'restic_password_file: /etc/restic/password, containers: [web, queue]}\n'
			;;
		web1)
			printf '    tags: [linux, web]\n'
			printf '    params: {services: [nginx]}\n'
			printf '    managed:\n      - {path: /etc/sudoers.d/luna, owner: root, '
			printf 'group: root, mode: "0440", check: sudoers}\n'
			printf '    services: [{unit: nginx.service, may: [restart, reload]}]\n'
			;;
		*) printf '    tags: [linux]\n' ;;
		esac
	done
}

# The hook of the estate: one line of JSON for each call.
tell_hook()
{
	cat <<-'END'
		#!/bin/sh
		cat >>/var/lib/opsdeck/told
	END
}

estate_folders()
{
	serve_yml >"$tmp/serve.yml"
	tell_hook >"$tmp/tell"
	"$lab" put bastion "$tmp/serve.yml" /etc/opsdeck/serve.yml root:root 0644
	"$lab" put bastion "$tmp/tell" /usr/local/bin/tell root:root 0755
	for k in look apply; do
		"$lab" put bastion "$("$lab" dir)/keys/$k" "/etc/opsdeck/$k" opsdeck:opsdeck 0400
	done
	# shellcheck disable=SC2016 # the host's shell expands these
	# Pushing wants a group of its own; a folder that git makes later must stay open to it.
	on bastion sh -ec 'systemctl stop opsdeck.service
		groupadd -f ops
		for u in max luna opsdeck; do usermod -aG ops $u; done
		for u in max vera luna; do usermod -aG opsdeck-viewers $u; done
		rm -rf /var/lib/opsdeck /srv/ops.git /home/max/ops /home/luna/ops
		git init -q --bare -b main --shared=group /srv/ops.git
		chown -R opsdeck:ops /srv/ops.git
		setfacl -R -m g:ops:rwX,d:u::rwx,d:g:ops:rwX,d:m::rwx /srv/ops.git
		git config --system --replace-all safe.directory /srv/ops.git'
}

estate_repo()
{
	as max opsdeck init /home/max/ops >/dev/null
	fleet_yml >"$tmp/fleet.yml"
	"$lab" put bastion "$tmp/fleet.yml" /home/max/ops/fleet.yml max:max 0644
	as max sh -ec 'opsdeck check-config . && git add -A && git commit -q -m "fleet: the lab"
		git remote add origin /srv/ops.git && git push -q -u origin main'
}

estate_start()
{
	on bastion systemctl start opsdeck.service || fail "the unit does not start"
	until_true 20 "the server listens" deck max info
}

lab_fingerprint() # HOST: of its ed25519 key
{
	awk -v a="$("$lab" addr "$1")" '$1 ~ "(^|,)" a "$" && $2 == "ssh-ed25519"' "$known_hosts" |
		ssh-keygen -lf - | awk '{ print $2 }'
}

estate_trust()
{
	local h
	for h in "${all_hosts[@]}"; do
		deck max trust "$h" --fingerprint "$(lab_fingerprint "$h")" >/dev/null ||
			fail "trust $h"
	done
}

estate_sudoers()
{
	local h
	for h in "${all_hosts[@]}"; do
		deck max sudoers "$h" >"$tmp/sudoers.$h" || fail "opsdeck sudoers $h"
		"$lab" sudoers "$h" "$tmp/sudoers.$h" || fail "lab sudoers $h"
	done
}

estate_adopt()
{
	local hash
	hash=$(deck max adopt --json | json "d['shown']") || fail "adopt"
	deck max adopt --shown "$hash" --rationale "What stands there was read and is right." \
		>/dev/null || fail "adopt: commit"
}

# Everything up to a watched estate without drift. test_install looks at each step of it.
estate_make()
{
	lab_up
	on web1 install -o root -g root -m 0440 /root/luna.sudoers /etc/sudoers.d/luna
	install_build
	estate_folders
	estate_repo
	estate_start
	estate_trust
	estate_sudoers
	sweep
	estate_adopt
	sweep
}
