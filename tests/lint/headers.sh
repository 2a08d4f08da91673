#!/bin/sh
# Every header compiles alone, opens with what it is, and is guarded.
set -eu
here=$(pwd)
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"
fail=0
for h in $(find src ui -name '*.h' | sort); do
	# shellcheck disable=SC2086
	${CC:-cc} ${LINT_CPPFLAGS:-} -D_GNU_SOURCE -std=c11 -Wall -Wextra -Werror -I"$here" -Isrc -I. \
		-fsyntax-only -x c "$h" || { echo "$h: does not compile alone"; fail=1; }
	head -n 1 "$h" | grep -q '^/\*' || { echo "$h:1: says not what it is"; fail=1; }
	grep -q '^#ifndef OPSDECK_' "$h" || { echo "$h: has no include guard"; fail=1; }
done
exit $fail
