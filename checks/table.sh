#!/bin/sh
# The table of all checks in checks/README.md, made anew:  sh checks/table.sh OPSDECK [--check]
# With --check nothing is written: says whether the table is what it should be. What stands between the
# marks is never read, so a conflict in there is settled by running this.
set -eu
opsdeck=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")"
begin='<!-- table: made by checks/table.sh -->'
end='<!-- end of the table -->'
new=$(mktemp)
trap 'rm -f "$new"' EXIT
awk -v mark="$begin" '{ print } $0 == mark { exit }' README.md >"$new"
"$opsdeck" check table --dir "$PWD" >>"$new"
awk -v mark="$end" '$0 == mark { on = 1 } on' README.md >>"$new"
if [ "${2:-}" = --check ]; then
	cmp -s "$new" README.md || {
		echo "checks/README.md: the table is not current: run make update-table"
		diff README.md "$new" | head -n 20
		exit 1
	}
else
	cat "$new" >README.md
fi
