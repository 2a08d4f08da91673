#!/bin/sh
# The sources are as .clang-format lays them out. Releases of clang-format differ in small things: held
# with Debian 12's alone, skipped with others.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"
clang-format --version 2>/dev/null | grep -q 'version 14\.' || { echo "skipped: clang-format 14 is not installed"; exit 77; }
# The table of characters is generated.
find src ui tests -name '*.c' -o -name '*.h' | grep -v safe_table | sort |
	xargs clang-format --dry-run --Werror
