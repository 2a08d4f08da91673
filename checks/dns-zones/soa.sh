#!/bin/sh
# soa.sh ZONE SERVERS PORT: the SOA of a zone as each of its name servers tells it itself.
# Without SERVERS, those of its NS records. Ends with 3 when there is none to ask.
command -v dig >/dev/null || {
	echo "dig is not installed (package bind9-dnsutils)" >&2
	exit 127
}
servers=$2
[ -n "$servers" ] || servers=$(dig +short +time=2 +tries=2 "$1" NS | grep -v '^;')
[ -n "$servers" ] || exit 3
for server in $servers; do
	dig "@$server" -p "$3" "$1" SOA +norecurse +time=2 +tries=2
	# 9: it has said so itself. Others come of a name that does not resolve: dig prints nothing.
	case $? in 0 | 9) ;; *)
		echo "; <<>> soa.sh <<>> @$server $1 SOA"
		echo ";; no servers could be reached: $server does not resolve"
		;;
	esac
done
exit 0
