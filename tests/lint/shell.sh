#!/bin/sh
# Runs shellcheck over every script of the project; skipped where it is not installed.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"
command -v shellcheck >/dev/null 2>&1 || { echo "skipped: shellcheck is not installed"; exit 77; }
# shellcheck disable=SC2046
shellcheck -x $(grep -rlE '^#!/(bin|usr/bin)/(env )?(ba)?sh' quickstart .ci tests 2>/dev/null | sort)
