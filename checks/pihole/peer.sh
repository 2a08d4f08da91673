#!/bin/sh
# peer.sh ADDRESS: how this Pi-hole and another answer this one's local names, one line a name:
# NAME, the answer here and the answer there, with tabs between. "silent" when the other one is.
command -v dig >/dev/null || {
	echo "dig is not installed (package bind9-dnsutils)" >&2
	exit 127
}
ask() { dig "@$1" +short +time=2 +tries=1 "$2" A "$2" AAAA 2>/dev/null | grep -v '^;' | sort | paste -sd ' ' -; }

dig "@$1" . NS +short +time=2 +tries=2 >/dev/null 2>&1 || {
	echo silent
	exit 0
}
# Version 6 writes its dns.hosts to the first, version 5 keeps them in the second.
cat /etc/pihole/hosts/custom.list /etc/pihole/custom.list 2>/dev/null |
	sed 's/#.*//' | awk 'NF > 1 { for (i = 2; i <= NF; i++) print $i }' | sort -u | head -n 100 |
	while read -r name; do
		printf '%s\t%s\t%s\n' "$name" "$(ask 127.0.0.1 "$name")" "$(ask "$1" "$name")"
	done
