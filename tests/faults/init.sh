#!/bin/sh
# `opsdeck init` with hosts of other tools' files, and `init --scan` of this machine: with the real
# program, a repo of its own and checks of its own. Needs no network and no root.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "init: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-init.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=$tmp/data
OPSDECK_LINGER=2m
GIT_CONFIG_NOSYSTEM=1
export HOME OPSDECK_DATADIR OPSDECK_LINGER GIT_CONFIG_NOSYSTEM
unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME SSH_AUTH_SOCK || true
trap '"$opsdeck" --repo "$tmp/scan" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

fail()
{
	echo "init: $*" >&2
	exit 1
}
has() { case $1 in *"$2"*) ;; *) fail "no \"$2\" in: $1" ;; esac; }
hasnt() { case $1 in *"$2"*) fail "\"$2\" in: $1" ;; esac; }
# want STATUS TEXT ARGS...: what opsdeck says with these.
want()
{
	status=$1 text=$2
	shift 2
	rc=0
	said=$("$opsdeck" "$@" </dev/null 2>&1) || rc=$?
	[ "$rc" = "$status" ] || fail "opsdeck $*: status $rc, not $status: $said"
	has "$said" "$text"
}

git config --global user.name max
git config --global user.email max@example.net
mkdir -p "$tmp/data/checks" "$tmp/data/runbooks" "$tmp/.ssh/conf.d"
cd "$tmp"

# ---- ssh_config ----

cat >.ssh/config <<'END'
Include conf.d/*
Host web1 web2
  HostName %h.example.org
Host example.org
  User git
Match exec true
  Port 1
Host * !web2
  User max
END
printf 'Host nas\n  HostName 192.0.2.9\n  Port 2222\n' >.ssh/conf.d/nas
want 0 "and 3 hosts" init ssh --from-ssh-config
has "$said" "config:4:1: example.org: the login git"
has "$said" "config:6:1: this Match block is passed over"
want 0 "4 hosts, 0 checks" check-config ssh
fleet=$(cat ssh/fleet.yml)
has "$fleet" "  nas:
    address: 192.0.2.9
    port: 2222
    look: max"
has "$fleet" "  web2:
    address: web2.example.org"
want 5 "is an ops repo already" init ssh --from-ssh-config
want 0 "and 3 hosts" init --from-ssh-config .ssh/config ssh2
want 0 "and 3 hosts" init ssh3 --from-ssh-config=.ssh/config
mkdir here
(cd here && want 0 "and 3 hosts" init --from-ssh-config)
want 2 "not empty" init --from-ssh-config
want 2 "not both" init x --from-ssh-config --from-ansible y
want 4 "nosuch" init x --from-ssh-config=nosuch
printf 'Host a\n  Port\n' >bad
want 2 "bad:2:3: Port has no value" init x --from-ssh-config bad
printf 'Include %s/loop\n' "$tmp" >loop
want 2 "loop:1:1: Include is nested deeper" init x --from-ssh-config loop
[ ! -e x ] || fail "a file that cannot be read left a folder"

# ---- Ansible ----

printf '[web]\nweb[01:03].lan ansible_user=max\nlocalhost\n[all:vars]\nansible_port=24\n' >hosts
want 0 "and 3 hosts" init ini --from-ansible hosts
has "$said" "hosts:3:1: localhost: is this machine"
has "$(cat ini/fleet.yml)" "  web02.lan:
    address: web02.lan
    port: 24
    look: max
    tags: [web]"
printf 'all:\n  children:\n    db:\n      hosts:\n        db[a:b]: {ansible_host: 192.0.2.3}\n' >hosts.yml
want 0 "and 2 hosts" init yml --from-ansible hosts.yml
has "$(cat yml/fleet.yml)" "tags: [db]"
for repo in ini yml; do want 0 "all good" check-config $repo; done
printf 'a\nb[1:\n' >hosts
want 2 "hosts:2:2: the bracket is not closed" init x --from-ansible hosts
printf 'all: {\n' >hosts.yml
want 2 "hosts.yml:2:1: " init x --from-ansible hosts.yml
[ ! -e x ] || fail "a file that cannot be read left a folder"

# ---- scan ----

check()
{
	mkdir -p "data/checks/$1"
	echo "# $1" >"data/runbooks/$1.md"
	cat >"data/checks/$1/check.yml"
}
mkdir things
echo 'one two' >things/list
check here <<END
title: Here
about: It is here.
applies: {tags: [here]}
detect:
  paths: [$tmp/absent, $tmp/things]
  params:
    things: {argv: [/bin/cat, $tmp/things/list], read: lines, value: '.[0] | words'}
    wrong: {argv: [/bin/cat, $tmp/things/none], read: lines, value: .}
    odd: {argv: [/bin/cat, $tmp/things/list], read: lines, value: '["-rf"]'}
commands:
  a: {argv: [/bin/cat, "{each}"], each: things, sudo: true, read: lines}
facts: '{}'
rules: [{when: 'false', state: warn, say: '""'}]
ok: '"fine"'
END
check needs <<END
title: Needs
about: "The host's params: place (needed)."
applies: {tags: [needs]}
detect: {paths: [$tmp/things]}
commands:
  a: {argv: [/bin/cat, "{place}"], sudo: true, read: lines}
facts: '{}'
rules: [{when: 'false', state: warn, say: '""'}]
ok: '"fine"'
END
check absent <<END
title: Absent
about: It is not there.
applies: {tags: [absent]}
detect: {paths: [$tmp/nothing]}
commands: {a: {argv: [/bin/true], read: lines}}
facts: '{}'
rules: [{when: 'false', state: warn, say: '""'}]
ok: '"fine"'
END
mkdir scan
cd scan
git init -q
cat >fleet.yml <<'END'
# the estate
estate: home
hosts:
  here1:
    transport: local
    tags: [mine]   # and what a scan finds
  # the next
  off: {address: 127.0.0.1, port: 1}
END
echo 'rules: []' >policy.yml
git add . && git commit -qm one

want 0 "tags added" init --scan here1
has "$said" "here  $tmp/things  here"
has "$said" 'things: [one, two]'
has "$said" "place, for check needs: no command tells it
    place (needed)"
has "$said" "wrong, for check here: its command failed, with status 1: "
has "$said" "odd, for check here: a text in it is empty, too long or begins like an option"
has "$said" "ALL=(root) NOPASSWD: /bin/cat one
"
hasnt "$said" "/bin/cat {place}"
[ "$(git diff --numstat)" = "3	1	fleet.yml" ] || fail "not three lines for one: $(git diff)"
[ -z "$(git diff --cached)" ] || fail "it is staged"
fleet=$(cat fleet.yml)
has "$fleet" "    tags: [mine, here]   # and what a scan finds
    params:
      things: [one, two]
  # the next"
cp fleet.yml ../once
want 0 "nothing to add" init --scan here1
has "$said" "tags that it has"
cmp -s fleet.yml ../once || fail "a second scan changed something: $(diff ../once fleet.yml)"

# What cannot be reached, read or found changes nothing.
want 6 "off: " init --scan off
want 4 "no host nope in fleet.yml" init --scan nope
want 3 "--read-only" init --scan here1 --read-only
want 2 "usage: opsdeck init --scan HOST" init --scan here1 --from-ansible x
cmp -s fleet.yml ../once || fail "a failed scan changed something"
cd ..
want 4 "no ops repo" init --scan here1
want 0 "nothing to add" init --scan here1 scan

# Another repository at the same path: what an earlier one left is in the way until somebody moves it.
"$opsdeck" --repo scan stop
rm -rf scan
want 0 "scan" init scan
want 1 "move the earlier one's state away: mv $tmp/.local/state/opsdeck/" sweep --repo scan
eval "${said##*state away: }"
want 0 "1 host" sweep --repo scan
echo "init: all of it"
