#!/bin/sh
# Golden screens: every script is run at three sizes over the same made-up store and a playing server;
# each save-screen must equal its golden file. --update writes the goldens anew.
set -eu
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
dir=$src/tests/screens
bin=$(pwd)/tests/screens
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export OPSDECK_DATADIR="$src" LC_ALL=C.UTF-8 TZ=UTC
now=2026-11-22T12:02:00Z
fails=0
mkdir -p "$dir/golden"
run() { # script, size
	out=$tmp/$1.$2
	mkdir -p "$out"
	"$bin/fill_store" "$out/store"
	"$bin/play_server" "$out/store" "$out/sock"
	# Scripts name their screens; they are saved where the script runs.
	if ! (cd "$out" && "$bin/screen" --script "$dir/$1.script" --size "$2" --now $now \
		--socket "$out/sock" --theme dark "$out/store"); then
		echo "FAIL $1 at $2"
		fails=1
		return
	fi
	for f in "$out"/*.screen; do
		name=$(basename "$f" .screen)
		golden=$dir/golden/$name.$2
		if [ "$update" = yes ]; then
			cp "$f" "$golden"
		elif ! diff -u "$golden" "$f"; then
			echo "FAIL $name at $2 (make update-goldens, when it is meant)"
			fails=1
		fi
	done
}
update=no
if [ "${1-}" = --update ]; then
	update=yes
	rm -f "$dir"/golden/*
fi
for size in 80x24 120x40 200x60; do
	run browse $size
	run approve $size
done
run small 80x24
run keys 80x24
run actions 120x40
exit $fails
