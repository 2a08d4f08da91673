#!/bin/sh
# A check of one's own, as checks/README.md tells it: made, tried on its samples and on a real host,
# linted, committed, accepted, swept. With the real program over the local transport.
set -eu

opsdeck=$(pwd)/opsdeck
[ -x "$opsdeck" ] || { echo "author: there is no $opsdeck"; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsdeck-author.XXXXXX")
HOME=$tmp
OPSDECK_DATADIR=$tmp/data # of what ships only one check, and one that looks at what is not here
OPSDECK_LINGER=2m
GIT_CONFIG_NOSYSTEM=1
export HOME OPSDECK_DATADIR OPSDECK_LINGER GIT_CONFIG_NOSYSTEM
unset OPSDECK_REPO OPSDECK_STATE XDG_STATE_HOME XDG_CONFIG_HOME || true
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
mkdir -p "$tmp/data/checks" "$tmp/data/runbooks"
cp -r "$src/checks/files" "$src/checks/schema.json" "$tmp/data/checks/"
cp "$src/runbooks/files.md" "$tmp/data/runbooks/"
mkdir "$tmp/data/checks/absent"
cat >"$tmp/data/checks/absent/check.yml" <<END
title: Absent
about: a system that this machine does not run
applies: {tags: [linux]}
commands: {x: {argv: [$tmp/absent], read: lines}}
facts: .
rules: [{when: 'false', state: warn, say: '""'}]
detect: {paths: [$tmp/absent, $tmp/not-here]}
END
echo '# Absent' >"$tmp/data/runbooks/absent.md"
trap '"$opsdeck" --repo "$tmp/ops" stop >/dev/null 2>&1 || true; rm -rf "$tmp"' EXIT

has() { printf '%s' "$1" | grep -qF -- "$2" || { echo "author: no \"$2\" in: $1" >&2; exit 1; }; }

git config --global user.name max
git config --global user.email max@example.net
"$opsdeck" init "$tmp/ops" >/dev/null
cd "$tmp/ops"
host=$(sed -n 's/^estate: //p' fleet.yml)
has "$(cat fleet.yml)" "without: [absent] "

# What it makes passes, from where one stands, and an editor finds the keys.
has "$("$opsdeck" check new my-thing)" "It passes as it stands"
cmp checks/schema.json "$src/checks/schema.json"
has "$("$opsdeck" check test)" "my-thing: 5 of 5 samples as expected"
has "$("$opsdeck" check test my-thing)" "my-thing: 5 of 5 samples as expected"
has "$("$opsdeck" check lint my-thing)" "1 check: no fault"
# A name that is not here is the shipped one.
has "$("$opsdeck" check test files)" "files: "
# Built and not installed, it finds them in the tree that it was built in.
has "$(cd / && unset OPSDECK_DATADIR && "$opsdeck" check test files)" "files: "

# Before it is committed: on a real host, with each rule and its value.
said=$("$opsdeck" check run --worktree --explain my-thing "$host")
has "$said" "== sent for handles: /usr/bin/cat /proc/sys/fs/file-nr"
has "$said" "== rule 1, unknown: .share == null"
has "$said" "enough file handles"

# What the host said is a sample that holds.
mv checks/my-thing/samples checks/my-thing/expected "$tmp"
mkdir checks/my-thing/samples checks/my-thing/expected
"$opsdeck" check run --worktree --record my-thing "$host" >checks/my-thing/samples/here.yml
has "$(cat checks/my-thing/samples/here.yml)" "origin: made"
printf 'state: ok\nsummary: "%s"\n' "$(printf '%s\n' "$said" | sed -n 's/^== ok: //p')" >checks/my-thing/expected/here.yml
has "$("$opsdeck" check test my-thing)" "my-thing: 1 of 1 samples as expected"
rm -r checks/my-thing/samples checks/my-thing/expected
mv "$tmp/samples" "$tmp/expected" checks/my-thing

# An older schema is brought up to date with the next check.
echo '{}' >checks/schema.json
"$opsdeck" check new other-thing >/dev/null
cmp checks/schema.json "$src/checks/schema.json"
rm -r checks/other-thing runbooks/other-thing.md

git add checks runbooks
git commit -qm "checks: watch my thing"
"$opsdeck" check-config >/dev/null
shown=$("$opsdeck" incoming --json | sed -n 's/^ *"shown": "\([0-9a-f]*\)".*/\1/p')
"$opsdeck" accept --tip "$(git rev-parse HEAD)" --shown "$shown" >/dev/null
"$opsdeck" sweep "$host" >/dev/null
has "$("$opsdeck" findings)" "my-thing"
