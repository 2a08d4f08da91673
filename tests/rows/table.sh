#!/bin/sh
# The table in checks/README.md lists every check as it is.
set -eu
opsdeck=$PWD/opsdeck
exec sh "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}/checks/table.sh" "$opsdeck" --check
