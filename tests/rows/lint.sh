#!/bin/sh
# No shipped check lacks what a check should have.
set -eu
exec ./opsdeck check lint --dir "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}/checks"
