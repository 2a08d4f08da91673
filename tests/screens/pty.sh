#!/bin/sh
# The cockpit on a pseudo-terminal over a made-up store: see pty.c.
set -eu
src=${OPSDECK_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
bin=$(pwd)/tests/screens
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export OPSDECK_DATADIR="$src" LC_ALL=C.UTF-8 HOME="$tmp"
unset XDG_CONFIG_HOME || true
"$bin/fill_store" "$tmp/store"
"$bin/pty" smoke "$bin/screen" "$tmp/store"
