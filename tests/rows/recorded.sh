#!/bin/sh
# The shipped checks against a folder of real recorded outputs, where OPSDECK_SAMPLES names one.
set -eu
src=${OPSDECK_SRCDIR:-$(dirname "$0")/../..}
if [ -z "${OPSDECK_SAMPLES:-}" ]; then
	echo "skipped: OPSDECK_SAMPLES names no folder of recorded outputs"
	exit 77
fi
exec ./opsdeck check test --dir "$src/checks" --samples "$OPSDECK_SAMPLES"
