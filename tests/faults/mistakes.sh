#!/bin/sh
# Typical mistakes in fleet.yml, policy.yml and check.yml: check-config names file, line and column, says
# what would be right, and ends with 2. A row: FILE|where|what it says|the file's text in printf's words.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "mistakes: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-mistakes.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
OPSDECK_DATADIR=$tmp/data
export OPSDECK_DATADIR
mkdir -p "$tmp/data/checks" "$tmp/data/runbooks"

fail()
{
	echo "mistakes: $*" >&2
	exit 1
}
good()
{
	rm -rf "$tmp/ops"
	mkdir -p "$tmp/ops/checks/mine" "$tmp/ops/runbooks"
	echo "# Mine" >"$tmp/ops/runbooks/mine.md"
	printf 'estate: home\nhosts:\n  web1: {address: 192.0.2.11, tags: [linux]}\n' >"$tmp/ops/fleet.yml"
	echo 'rules: []' >"$tmp/ops/policy.yml"
	cat >"$tmp/ops/checks/mine/check.yml" <<'END'
title: Mine
about: m
applies: {tags: [linux]}
commands:
  a: {argv: [/bin/true], read: lines}
facts: '{}'
rules:
  - {when: 'false', state: warn, say: '"no"'}
ok: '"fine"'
END
}

good
"$opsdeck" check-config "$tmp/ops" >/dev/null || fail "what is right is called wrong"
n=0
while IFS='|' read -r file where says text; do
	[ -n "$file" ] || continue
	good
	# shellcheck disable=SC2059 # that is what the row holds
	printf "$text" >"$tmp/ops/$file"
	rc=0
	said=$("$opsdeck" check-config "$tmp/ops" 2>&1) || rc=$?
	[ "$rc" = 2 ] || fail "$text: status $rc: $said"
	case $said in
	*"$file:$where: "*"$says"*) ;;
	*) fail "$text: no \"$file:$where: ...$says\" in: $said" ;;
	esac
	n=$((n + 1))
done <<'END'
fleet.yml|2:1|not closed|hosts: {\n
fleet.yml|3:1|tab|estate: home\nhosts:\n\tweb1: {address: x}\n
fleet.yml|1:1|hosts must be a map|estate: home\n
fleet.yml|3:9|add "address:"|estate: home\nhosts:\n  web1: {tags: [linux]}\n
fleet.yml|3:3|cannot be a host's name|estate: home\nhosts:\n  Web 1: {address: x}\n
fleet.yml|3:28|from 1 to 65535|estate: home\nhosts:\n  web1: {address: x, port: 70000}\n
fleet.yml|3:33|one of libssh2, local|estate: home\nhosts:\n  web1: {address: x, transport: telnet}\n
fleet.yml|3:10|did you mean "address"?|estate: home\nhosts:\n  web1: {adress: x}\n
fleet.yml|4:3|stands twice|estate: home\nhosts:\n  web1: {address: x}\n  web1: {address: y}\n
fleet.yml|3:39|an absolute path|estate: home\nhosts:\n  web1: {address: x, managed: [{path: etc/motd}]}\n
fleet.yml|3:56|like "0644"|estate: home\nhosts:\n  web1: {address: x, managed: [{path: /etc/motd, mode: 644}]}\n
fleet.yml|2:16|no host here|estate: home\ngroups: {web: [web9]}\nhosts:\n  web1: {address: x}\n
fleet.yml|3:32|nope|estate: home\nhosts:\n  web1: {address: x, without: [nope]}\n
fleet.yml|2:16|like 30s|estate: home\nsweep: {every: soon}\nhosts:\n  web1: {address: x}\n
policy.yml|2:23|approve, typed, two-person, forbid|rules:\n  - {name: a, action: allow}\n
policy.yml|2:23|file, reference, command|rules:\n  - {name: a, kinds: [files], action: typed}\n
policy.yml|2:5|add approve, typed|rules:\n  - {name: a}\n
policy.yml|1:9|true or false|freeze: maybe\nrules: []\n
policy.yml|2:23|which fleet.yml has not|rules:\n  - {name: a, hosts: [web9], action: typed}\n
policy.yml|1:8|must be a list|rules: {}\n
checks/mine/check.yml|5:14|must be text|title: M\nabout: m\napplies: {tags: [linux]}\ncommands:\n  a: {argv: [true], read: lines}\nfacts: "{}"\n
checks/mine/check.yml|5:32|fields, table, lines|title: M\nabout: m\napplies: {tags: [linux]}\ncommands:\n  a: {argv: [/bin/true], read: csv}\n
checks/mine/check.yml|1:1|applies must be everywhere|title: M\nabout: m\ncommands:\n  a: {argv: [/bin/true], read: lines}\n
checks/mine/check.yml|1:1|add "facts:"|title: M\nabout: m\napplies: {tags: [linux]}\ncommands:\n  a: {argv: [/bin/true], read: lines}\nok: "x"\n
checks/mine/check.yml|8:25|one of ok, warn|title: M\nabout: m\napplies: {tags: [linux]}\ncommands:\n  a: {argv: [/bin/true], read: lines}\nfacts: "{}"\nrules:\n  - {when: ".x", state: bad, say: "x"}\n
END
[ "$n" -ge 20 ] || fail "only $n mistakes were tried"
echo "mistakes: $n"
