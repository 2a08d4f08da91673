#!/bin/sh
# exchange.sh KEY USER HOST ADDRESS PORT KNOWN_HOSTS COMMAND: an MCP handshake with the server behind a forced
# command, as a transcript: ">>> " was sent, "<<< " came, "# " is said by this script.
# It probes with server/discover (the era without sessions) and falls back to initialize, as the
# specification tells clients that know both. No tool is called.
key=$1 login=$2@${3:-$4} port=$5 known=$6 command=$7
modern=2026-07-28 legacy=2025-11-25
ends=',} '
who='{"name":"opsdeck","version":"1"}'

command -v ssh >/dev/null || {
	echo "ssh is not installed (package openssh-client)" >&2
	exit 127
}
[ -r "$key" ] || {
	echo "the key $key cannot be read by $(id -un)" >&2
	exit 66
}
dir=$(mktemp -d) || exit 73
trap 'stop; rm -rf "$dir"' EXIT
trap 'exit 75' HUP INT TERM
trap '' PIPE
peer=

start() {
	rm -f "$dir/in" "$dir/out"
	mkfifo "$dir/in" "$dir/out" || exit 73
	ssh -T -F /dev/null -i "$key" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
		-o StrictHostKeyChecking=yes -o UserKnownHostsFile="$known" -o ConnectTimeout=10 \
		-o ClearAllForwardings=yes -o LogLevel=ERROR -p "$port" "$login" "$command" \
		<"$dir/in" >"$dir/out" 2>>"$dir/err" &
	peer=$!
	exec 3>"$dir/in" 4<"$dir/out"
}

stop() {
	[ -n "$peer" ] || return 0
	exec 3>&- 4<&-
	(sleep 3; kill "$peer") >/dev/null 2>&1 &
	wait "$peer" 2>/dev/null
	echo "# exit status $?"
	kill $! 2>/dev/null
	peer=
}

# send JSON
send() {
	printf '>>> %s\n' "$1"
	printf '%s\n' "$1" >&3
} 2>/dev/null

# await ID SECONDS: passes on what comes until the response to ID, which is then $reply.
# 0 it came; 1 the time is over; 2 the stream has ended; 3 the request itself came back.
await() {
	reply=
	(exec 3>&- 4<&-; sleep "$2"; echo "@over $1" >"$dir/out") >/dev/null 2>&1 &
	clock=$!
	result=2
	while IFS= read -r line <&4; do
		[ "$line" != "@over $1" ] || { result=1; break; }
		case $line in "@over "*) continue ;; esac
		printf '<<< %s\n' "$line"
		case $line in
		*'"id":'"$1"["$ends"]* | *'"id": '"$1"["$ends"]*)
			case $line in
			*'"result"'* | *'"error"'*) reply=$line result=0 ;;
			*clientInfo*) result=3 ;;
			*) continue ;;
			esac
			break
			;;
		esac
	done
	kill "$clock" 2>/dev/null
	case $result in
	1) echo "# no response to request $1 within $2 s" ;;
	2) echo "# the stream ended before a response to request $1" ;;
	esac
	return $result
}

# versions KEY: those of a list in $reply, one a line
versions() { printf '%s\n' "$reply" | sed -n 's/.*"'"$1"'" *: *\[\([^]]*\)\].*/\1/p' | tr -d '" ' | tr , '\n'; }

meta() { printf '"_meta":{"io.modelcontextprotocol/protocolVersion":"%s","io.modelcontextprotocol/clientInfo":%s,"io.modelcontextprotocol/clientCapabilities":{}}' "$modern" "$who"; }

# tools META: every page of the list
tools() {
	id=10 cursor=
	while [ $id -lt 40 ]; do
		send '{"jsonrpc":"2.0","id":'$id',"method":"tools/list","params":{'"$cursor$1"'}}'
		await $id 10 || return
		next=$(printf '%s\n' "$reply" | sed -n 's/.*"nextCursor" *: *"\([^"]*\)".*/\1/p')
		[ -n "$next" ] || return
		cursor="\"cursor\":\"$next\"${1:+,}"
		id=$((id + 1))
	done
	echo "# more than 30 pages of tools"
}

# initialize: the era with a session
initialize() {
	send '{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"'"$legacy"'","capabilities":{},"clientInfo":'"$who"'}}'
	await 2 10 || return
	case $reply in *'"error"'*)
		old=$(versions supported | sort | tail -n 1)
		case $old in '' | "$legacy") return ;; esac
		legacy=$old
		send '{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"'"$legacy"'","capabilities":{},"clientInfo":'"$who"'}}'
		await 3 10 || return
		;;
	esac
	case $reply in *'"result"'*) ;; *) return ;; esac
	send '{"jsonrpc":"2.0","method":"notifications/initialized"}'
	send '{"jsonrpc":"2.0","id":4,"method":"ping"}'
	await 4 10
	tools ''
}

discover() { send '{"jsonrpc":"2.0","id":'"$1"',"method":"server/discover","params":{'"$(meta)"'}}'; }

start
discover 1
await 1 5
case $? in
0)
	case $reply in
	*-32022* | *-32004*)
		modern=$(versions supported | grep -v -e '^2024' -e '^2025' | sort | tail -n 1)
		if [ -n "$modern" ]; then
			discover 5
			await 5 5 && tools "$(meta)"
		else
			initialize
		fi
		;;
	*'"result"'*)
		listed=$(versions supportedVersions)
		new=$(printf '%s\n' "$listed" | grep -v -e '^2024' -e '^2025' | sort | tail -n 1)
		case $listed in *"$modern"*) ;; *) modern=$new ;; esac
		if [ -n "$modern" ]; then tools "$(meta)"; else initialize; fi
		;;
	*) initialize ;;
	esac
	;;
1) initialize ;;
2)
	# A server may end at a request that it does not know: once more, without the probe.
	stop
	start
	initialize
	;;
esac
stop
head -c 4000 "$dir/err" >&2
exit 0
