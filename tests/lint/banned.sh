#!/bin/sh
# Calls that are not used here: they overrun, they parse without errors, or they go through a shell.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"

files=$(find src ui tests -name '*.c' -o -name '*.h' | sort)
# shellcheck disable=SC2086
awk '
{
	line = $0
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	if (in_comment) { if (sub(/.*\*\//, "", line)) in_comment = 0; else next }
	gsub(/\/\*.*\*\//, "", line)
	if (sub(/\/\*.*/, "", line)) in_comment = 1
	if (match(line, /(^|[^A-Za-z0-9_.>])(strcpy|strcat|sprintf|strncpy|strtok|atoi|atol|atof|system|popen|gets|vsprintf|tmpnam|mktemp)[ ]*\(/)) {
		printf "%s:%d: banned: %s\n", FILENAME, FNR, substr(line, RSTART, RLENGTH); bad = 1
	}
	if (FILENAME !~ /^src\/base\// && FILENAME !~ /^tests\// &&
	    match(line, /(^|[^A-Za-z0-9_.>])(malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf)[ ]*\(/)) {
		printf "%s:%d: raw allocation outside src/base: %s\n", FILENAME, FNR, substr(line, RSTART, RLENGTH); bad = 1
	}
}
FNR == 1 { in_comment = 0 }
END { exit bad }
' $files
