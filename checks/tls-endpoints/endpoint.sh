#!/bin/sh
# endpoint.sh HOST NAME PORT SERVERNAME STARTTLS CA: what a TLS endpoint shows, and its certificate.
# Only named lines of s_client are passed on: it also prints session keys.
command -v openssl >/dev/null || {
	echo "openssl is not installed" >&2
	exit 127
}
host=${1:-$2} port=$3 name=${4:-${1:-$2}} starttls=$5 ca=$6
[ -z "$ca" ] || [ -r "$ca" ] || {
	echo "the roots in $ca cannot be read by $(id -un)" >&2
	exit 66
}
case $host in *:*) at="[$host]:$port" ;; *) at="$host:$port" ;; esac
set -- -connect "$at"
case $name in
*:* | *[0-9].[0-9]*.[0-9]*.[0-9]*) set -- "$@" -verify_ip "$name" ;;
*) set -- "$@" -servername "$name" -verify_hostname "$name" ;;
esac
[ -z "$starttls" ] || set -- "$@" -starttls "$starttls"
[ -z "$ca" ] || set -- "$@" -CAfile "$ca"
limit=
command -v timeout >/dev/null && limit='timeout 10'
said=$($limit openssl s_client "$@" </dev/null 2>&1)
[ $? -ne 124 ] || said="$said
connect:errno=110 no TLS within 10 s"
printf '%s\n' "$said" | sed -n \
	-e '/^depth=/p; /^verify /p; /^CONNECT/p; /^subject=/p; /^issuer=/p; /^Verif/p; /^no peer/p' \
	-e '/^ *[0-9][0-9]* s:/p; /^ *[aiv]:/p; /^New, /p; /^ *Protocol *:/p; /^ *Verify return code/p' \
	-e '/:error:/p; /errno=/p; /^[Dd]id/p; /^Can.t/p; /not found/p'
echo '==> certificate <=='
printf '%s\n' "$said" | openssl x509 -noout -dates -subject -issuer -nameopt RFC2253 \
	-ext subjectAltName 2>/dev/null
exit 0
