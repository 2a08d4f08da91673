#!/bin/sh
# Which folder may include which, foreign headers in their one folder only, and no include cycle
# between modules. Reads the sources as text; prints FILE:LINE: what is wrong.
set -eu
cd "${OPSDECK_SRCDIR:-$(dirname "$0")/../..}"

files=$(find src ui -name '*.c' -o -name '*.h' | sort)
fail=0

# ---- layers (ARCHITECTURE.md) ----
# shellcheck disable=SC2086
awk '
function folder(f,   p) {
	if (f ~ /^ui\//) return "ui"
	sub(/^src\//, "", f)
	if (f == "main.c") return "main"
	split(f, p, "/")
	if (p[1] == "port") return p[3] == "" ? "port" : "port/" p[2]
	return p[1]
}
function stage(f,   b) { # decide_view.c and decide.h are of one stage
	b = f; sub(/.*\//, "", b); sub(/\..*/, "", b); sub(/_.*/, "", b)
	return b
}
BEGIN {
	may["base"] = "base"
	may["model"] = "base model"
	may["codec"] = "base model codec"
	may["port"] = "base model codec"
	may["jq"] = "base codec jq"
	may["store"] = "base model codec port/db store"
	may["flow"] = "base model codec jq port store flow"
	may["server"] = "base model codec jq port store flow server"
	may["client"] = "base model codec client"
	may["agent"] = "base model codec client store agent"
	may["cmd"] = "base model codec port store flow server client agent cmd"
	may["ui"] = "base model codec client store ui"
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	inc = $0; sub(/^[^"]*"/, "", inc); sub(/".*/, "", inc)
	if (inc == "config.h") next
	from = folder(FILENAME); to = folder(inc ~ /^ui\// ? inc : "src/" inc)
	if (from == "main") next
	key = from ~ /^port/ ? "port" : from
	ok = 0
	n = split(may[key], list, " ")
	for (i = 1; i <= n; i++)
		if (to == list[i] || (list[i] == "port" && to ~ /^port/)) ok = 1
	if (from ~ /^port/ && (to == from || to == "port")) ok = 1
	if ((from == "ui" || from == "agent") && inc ~ /^store\// && inc !~ /^store\/(read|audit|write)\.h$/) ok = 0
	if (from == "flow" && to == "flow" && stage(FILENAME) != stage(inc)) ok = 0
	if (!ok) { printf "%s:%d: %s may not include \"%s\"\n", FILENAME, FNR, from, inc; bad = 1 }
}
END { exit bad }
' $files || fail=1

# ---- a library header stands in its one folder only ----
# shellcheck disable=SC2086
awk '
BEGIN {
	home["curses.h"] = home["ncurses.h"] = home["term.h"] = "^ui/term_"
	home["git2.h"] = "^src/port/repo/"
	home["sqlite3.h"] = "^src/port/db/"
	home["libssh2.h"] = home["libssh2_sftp.h"] = "^src/port/ssh/"
	home["pcre2.h"] = "^src/jq/regex"
	home["jansson.h"] = "^src/codec/json"
	home["yaml.h"] = "^src/codec/yaml"
	home["expat.h"] = "^src/codec/xml"
	home["md4c.h"] = "^src/codec/markdown"
	home["seccomp.h"] = "^src/server/sandbox"
	home["curl.h"] = "^src/port/http/"
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	inc = $0; sub(/^[^<]*</, "", inc); sub(/>.*/, "", inc)
	dir = inc; sub(/\/.*/, "", dir)
	base = inc; sub(/.*\//, "", base)
	want = dir == "openssl" ? "^src/base/hash" : base in home ? home[base] : ""
	if (want != "" && FILENAME !~ want) {
		printf "%s:%d: <%s> may stand in %s* only\n", FILENAME, FNR, inc, substr(want, 2); bad = 1
	}
}
END { exit bad }
' $files || fail=1

# ---- no cycle between modules: x.c and x.h are one module ----
# A part of a module (x_more) may read the module's own header; nobody else may be known back.
# shellcheck disable=SC2086
edges=$(awk '
function module(f) { sub(/^src\//, "", f); sub(/\.[ch]$/, "", f); return f }
/^[ \t]*#[ \t]*include[ \t]*"/ {
	inc = $0; sub(/^[^"]*"/, "", inc); sub(/".*/, "", inc)
	from = module(FILENAME); to = module(inc)
	if (inc == "config.h" || from == to || index(from, to "_") == 1) next
	print from, to
}' $files)
if ! cycles=$(printf '%s\n' "$edges" | tsort 2>&1 >/dev/null); then
	printf 'include cycle: %s\n' "$(printf '%s' "$cycles" | sed 's/^tsort: //; s/-: input contains a loop:/ /' | tr '\n' ' ')"
	fail=1
fi

exit $fail
