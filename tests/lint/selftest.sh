#!/bin/sh
# The lints see what they are for: in a small tree that they like, one wrong thing is planted at a
# time, and the lint has to name it.
set -eu
lints=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0

# A tree with nothing wrong.
fresh() {
	rm -rf "$tmp/t"
	mkdir -p "$tmp/t/src/base" "$tmp/t/src/flow" "$tmp/t/src/cmd" "$tmp/t/ui" "$tmp/t/tests/unit" \
		"$tmp/t/checks/disk/samples" "$tmp/t/checks/disk/expected" "$tmp/t/runbooks" "$tmp/t/themes"
	cd "$tmp/t"
	header src/base/err.h ERR 'struct err;'
	header src/flow/decide.h DECIDE '#include "base/err.h"'
	header src/flow/apply.h APPLY '#include "base/err.h"'
	# shellcheck disable=SC1003 # a backslash, no quote
	header ui/role.h ROLE 'struct role;' '#define ROLES(X) \' '	X(TEXT, "text") \' '	X(DIM, "dim")'
	printf '#include "flow/apply.h"\n#include "base/err.h"\n' >src/flow/apply.c
	echo '#include "flow/decide.h"' >src/flow/decide.c
	echo '	{.name = "sweep", .args = ""},' >src/cmd/table.c
	# shellcheck disable=SC1003
	header src/cmd/cmd.h CMD '#define OPTIONS(X) \' '	X(JSON, "json", NULL, "as JSON")' ''
	printf '.B sweep\n.B \\-\\-json\n' >opsdeck.1
	printf 'text: 1\ndim: 2\n' >themes/dark.yml
	echo 'title: Disk' >checks/disk/check.yml
	echo x | tee checks/disk/samples/a checks/disk/expected/a >runbooks/disk.md
	printf '#!/bin/sh\necho hello\n' >tests/run
	printf '#!/bin/sh\necho hello\n' >quickstart
}
header() {
	file=$1 guard=OPSDECK_$2
	shift 2
	{
		printf '/* What it is; what it refuses to know. */\n#ifndef %s\n#define %s\n' "$guard" "$guard"
		printf '%s\n' "$@"
		echo '#endif'
	} >"$file"
}

run() { OPSDECK_SRCDIR=$tmp/t sh "$lints/$1" >"$tmp/out" 2>&1; }
clean() {
	fresh
	run "$1" || [ $? = 77 ] || { echo "$1: fails on a clean tree:"; cat "$tmp/out"; fail=1; }
}
# finds LINT WORDS: the lint fails on the tree as it stands, and says so in these words.
finds() {
	rc=0
	run "$1" || rc=$?
	if [ $rc = 77 ]; then
		:
	elif [ $rc = 0 ] || ! grep -qF -- "$2" "$tmp/out"; then
		echo "$1: missed: $2"
		cat "$tmp/out"
		fail=1
	fi
	fresh
}

for lint in banned.sh headers.sh includes.sh shell.sh sizes.sh closed_world.sh; do
	clean $lint
done

echo 'int f(char *a) { strcpy(a, "x"); return 0; }' >src/flow/bad.c
finds banned.sh 'src/flow/bad.c:1: banned: '
echo 'void *f(void) { return malloc(1); }' >src/flow/bad.c
finds banned.sh 'raw allocation outside src/base'

header src/flow/bad.h BAD 'struct a { size_t n; };'
finds headers.sh 'src/flow/bad.h: does not compile alone'
sed -i 1d src/base/err.h
finds headers.sh 'src/base/err.h:1: says not what it is'
sed -i '/OPSDECK/d; /#endif/d' src/base/err.h
finds headers.sh 'src/base/err.h: has no include guard'

echo '#include "flow/decide.h"' >src/base/bad.c
finds includes.sh 'src/base/bad.c:1: base may not include "flow/decide.h"'
echo '#include "flow/decide.h"' >src/flow/apply.c
finds includes.sh 'src/flow/apply.c:1: flow may not include "flow/decide.h"'
echo '#include <sqlite3.h>' >src/flow/bad.c
finds includes.sh '<sqlite3.h> may stand in src/port/db/* only'
echo '#include <ncursesw/curses.h>' >ui/canvas.c
finds includes.sh '<ncursesw/curses.h> may stand in ui/term_* only'
header src/base/one.h ONE '#include "base/two.h"'
header src/base/two.h TWO '#include "base/one.h"'
finds includes.sh 'include cycle:'

# shellcheck disable=SC2016 # meant for the file
printf '#!/bin/sh\nrm $1/x\n' >tests/run
finds shell.sh SC2086

{ echo 'int f(void)'; echo '{'; seq 61 | sed 's/.*/	g();/'; echo '}'; } >src/flow/bad.c
finds sizes.sh 'src/flow/bad.c:2: f has 61 lines'
seq 401 | sed 's|.*|/* x */|' >src/flow/bad.c
finds sizes.sh 'src/flow/bad.c: 401 lines'

rm runbooks/disk.md
finds closed_world.sh 'runbooks/disk.md is missing'
rm checks/disk/samples/a
finds closed_world.sh 'checks/disk/samples is empty'
rm checks/disk/expected/a
finds closed_world.sh 'checks/disk/expected is empty'
echo 'text: 1' >themes/light.yml
finds closed_world.sh 'themes/light.yml: role dim is missing'
echo '.B nothing' >opsdeck.1
finds closed_world.sh 'opsdeck.1: sweep is missing'
echo '.B sweep' >opsdeck.1
finds closed_world.sh 'opsdeck.1: --json is missing'

: >"$tmp/empty.c"
if command -v nm >/dev/null 2>&1; then
	echo 'int initscr(void); int f(void); int f(void) { return initscr(); }' >"$tmp/bad.c"
	(cd "$tmp" && ${CC:-cc} -c bad.c && ar cr libbad.a bad.o && ${CC:-cc} -c empty.c && ar cr libgood.a empty.o)
	if sh "$lints/core_links.sh" "$tmp/libbad.a" >/dev/null; then
		echo "core_links.sh: missed ncurses"
		fail=1
	fi
	sh "$lints/core_links.sh" "$tmp/libgood.a" || { echo "core_links.sh: fails on a clean library"; fail=1; }
fi
exit $fail
