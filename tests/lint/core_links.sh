#!/bin/sh
# The core needs no ncurses: nothing in libcore.a refers to it.
set -eu
lib=${1:-libcore.a}
test -f "$lib" || { echo "$lib is not built"; exit 77; }
if nm -u "$lib" 2>/dev/null | grep -wE '(initscr|newterm|endwin|wrefresh|doupdate|stdscr|tigetstr|setupterm)'; then
	echo "$lib refers to ncurses"
	exit 1
fi
