#!/bin/sh
# exchange.sh URL CONFIG: an MCP handshake over streamable HTTP, as a transcript: ">>> " was sent, "<<< "
# came, "# " is said by this script. It tries server/discover (the era without sessions) and falls
# back to initialize, as the specification tells clients that know both. No tool is called.
url=$1 config=$2
modern=2026-07-28 legacy=2025-11-25
who='{"name":"opsdeck","version":"1"}'

command -v curl >/dev/null || {
	echo "curl is not installed" >&2
	exit 127
}
dir=$(mktemp -d) || exit 73
trap 'rm -rf "$dir"' EXIT
version='' method='' session=''

# post JSON: what came is shown, $body holds its lines
post() {
	printf '>>> %s\n' "$1"
	: >"$dir/body"
	: >"$dir/head"
	printf '%s' "$1" >"$dir/sent"
	set -- -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream'
	[ -z "$version" ] || set -- "$@" -H "MCP-Protocol-Version: $version"
	[ -z "$method" ] || set -- "$@" -H "Mcp-Method: $method"
	[ -z "$session" ] || set -- "$@" -H "Mcp-Session-Id: $session"
	code=$(curl -sS --max-time 10 -K "$config" "$@" -D "$dir/head" -o "$dir/body" \
		-w '%{http_code}' --data-binary "@$dir/sent" "$url" 2>"$dir/err")
	rc=$?
	# A stream of events is told from JSON by its lines; JSON may be broken into several.
	if grep -qi '^content-type: *text/event-stream' "$dir/head"; then
		body=$(tr -d '\r' <"$dir/body" | sed -n 's/^data: \{0,1\}\(.\)/\1/p')
	else
		body=$(tr -d '\r\n' <"$dir/body")
	fi
	[ -z "$body" ] || printf '%s\n' "$body" | sed 's/^/<<< /'
	case $code in 000 | 2??) ;; *) echo "# HTTP $code" ;; esac
	# 28: the time was over, with an event stream that the server left open; what came counts.
	[ $rc -eq 0 ] || { [ $rc -eq 28 ] && [ -n "$body" ]; } || {
		echo "# the stream ended before a response"
		return 2
	}
}

versions() { printf '%s\n' "$body" | sed -n 's/.*"'"$1"'" *: *\[\([^]]*\)\].*/\1/p' | tr -d '" ' | tr , '\n'; }

meta() { printf '"_meta":{"io.modelcontextprotocol/protocolVersion":"%s","io.modelcontextprotocol/clientInfo":%s,"io.modelcontextprotocol/clientCapabilities":{}}' "$modern" "$who"; }

# tools META: every page of the list
tools() {
	id=10 cursor=''
	[ -z "$1" ] || method=tools/list
	while [ $id -lt 40 ]; do
		post '{"jsonrpc":"2.0","id":'$id',"method":"tools/list","params":{'"$cursor$1"'}}' || return
		case $body in *'"id":'*'"result"'* | *'"result"'*'"id":'*) ;; *) echo "# no response to request $id" ;; esac
		next=$(printf '%s\n' "$body" | sed -n 's/.*"nextCursor" *: *"\([^"]*\)".*/\1/p')
		[ -n "$next" ] || return
		cursor="\"cursor\":\"$next\"${1:+,}"
		id=$((id + 1))
	done
	echo "# more than 30 pages of tools"
}

initialize() {
	version='' method=''
	post '{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"'"$legacy"'","capabilities":{},"clientInfo":'"$who"'}}' || return
	case $body in *'"result"'*) ;; *) return ;; esac
	version=$(printf '%s\n' "$body" | sed -n 's/.*"protocolVersion" *: *"\([^"]*\)".*/\1/p' | head -n 1)
	session=$(tr -d '\r' <"$dir/head" | sed -n 's/^[Mm][Cc][Pp]-[Ss]ession-[Ii][Dd]: *//p' | tail -n 1)
	post '{"jsonrpc":"2.0","method":"notifications/initialized"}' || return
	post '{"jsonrpc":"2.0","id":4,"method":"ping"}' || return
	tools ''
	[ -z "$session" ] || curl -sS --max-time 5 -K "$config" -X DELETE -H "Mcp-Session-Id: $session" \
		-H "MCP-Protocol-Version: $version" -o /dev/null "$url" 2>/dev/null
}

discover() {
	version=$modern method=server/discover
	post '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{'"$(meta)"'}}'
}

if discover; then
	case $body in
	*-32022* | *-32004*)
		modern=$(versions supported | grep -v -e '^2024' -e '^2025' | sort | tail -n 1)
		if [ -n "$modern" ] && discover; then tools "$(meta)"; else initialize; fi
		;;
	*'"supportedVersions"'*)
		listed=$(versions supportedVersions)
		new=$(printf '%s\n' "$listed" | grep -v -e '^2024' -e '^2025' | sort | tail -n 1)
		case $listed in *"$modern"*) ;; *) modern=$new ;; esac
		version=$modern
		if [ -n "$modern" ]; then tools "$(meta)"; else initialize; fi
		;;
	*'"clientInfo"'*'server/discover'* | *'server/discover'*'clientInfo'*) ;;
	*) case $code in 401 | 403) ;; *) initialize ;; esac ;;
	esac
fi
head -c 2000 "$dir/err" >&2
exit 0
