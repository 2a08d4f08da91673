#!/bin/sh
# A function fits a screen: 60 lines from its opening brace at the margin to its closing one; tables
# do not count. A file has one reason to change: 400 lines, but for those named here, which may
# not grow past 600.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"
long='src/flow/collect.c src/server/change_run.c src/server/worker_pool.c'

files=$(find src ui -name '*.c' -o -name '*.h' | sort)
# shellcheck disable=SC2086
awk -v long="$long" '
BEGIN { split(long, list); for (i in list) known[list[i]] = 1 }
function past(f, n) {
	most = f in known ? 600 : 400
	if (n > most) { printf "%s: %d lines, %d at the most\n", f, n, most; bad = 1 }
}
FNR == 1 { if (file) past(file, lines); file = FILENAME; start = 0 }
{ lines = FNR }
/^[A-Za-z_]/ && /\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^\{/ { start = FNR }
/^\}/ {
	if (start && FNR - start - 1 > 60) {
		printf "%s:%d: %s has %d lines, 60 at the most\n", FILENAME, start, name, FNR - start - 1
		bad = 1
	}
	start = 0
}
END { if (file) past(file, lines); exit bad }
' $files
