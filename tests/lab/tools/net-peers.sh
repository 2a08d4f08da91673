# shellcheck shell=bash
# WireGuard between two hosts (in user space: this kernel has no module), git clones, MCP servers.

tool_packages='wireguard-go wireguard-tools git python3 curl'
tool_hosts='left right'
tool_bastion_packages='openssh-client'
nspawn_options=(--bind=/dev/net/tun)
tool_needs() { [ -e /dev/net/tun ]; }
# The key of the MCP server lies here: the handshake is made from the bastion.
secrets=$images/net-peers
tool_fleet="tags: [wireguard, git, mcp, mcp-http]
params:
  wireguard_interfaces: [wg0]
  git_repos: [/srv/app]
  mcp: [{name: home, key: $secrets/mcp, known_hosts: $secrets/known_hosts, user: mcp, tools: [list-hosts]}]
  mcp_http: [{name: home, url: http://127.0.0.1:3000/mcp, tools: [list-hosts]}]"
tool_fleet_right='tags: [peer]'

tool_setup() # ROOT HOST
{
	local host peer=right
	mkdir -p "$secrets"
	for host in left right; do
		[ -s "$secrets/$host" ] || openssl rand -base64 32 >"$secrets/$host"
	done
	[ "$2" = left ] || peer=left
	cp "$secrets/$2" "$1/etc/wireguard.key"
	cp "$secrets/$peer" "$1/etc/wireguard.peer"
	chmod 0600 "$1"/etc/wireguard.*
	host_addr "$peer" >"$1/etc/wireguard.address"
	[ "$2" = left ] || return 0
	echo both | write "$1/etc/mcp.era"
	echo list-hosts uptime | write "$1/etc/mcp.tools"
	mcp_server | write "$1/usr/local/bin/mcp-server" 0755
	[ -s "$secrets/mcp" ] || ssh-keygen -q -t ed25519 -N '' -f "$secrets/mcp"
	host_addr left | sed "s|\$| $(cut -d' ' -f1,2 "$lab/hostkeys/left/ssh_host_ed25519_key.pub")|" |
		cat - "$secrets/known_hosts" 2>/dev/null | sort -u -k 1,1 >"$secrets/known_hosts.new" || true
	mv "$secrets/known_hosts.new" "$secrets/known_hosts"
	printf 'restrict,command="/usr/local/bin/mcp-server" %s\n' "$(cat "$secrets/mcp.pub")" |
		write "$1/etc/mcp.keys"
}

tool_ready() # HOST
{
	wireguard_up "$1"
	if [ "$1" = right ]; then # the last to come up
		until_true 60 in_contact
		return
	fi
	useradd -m -s /bin/bash mcp
	install -D -o mcp -g mcp -m 0600 /etc/mcp.keys /home/mcp/.ssh/authorized_keys
	chown mcp: /home/mcp/.ssh
	systemd-run -q --unit=mcp-http --property=Restart=on-failure /usr/local/bin/mcp-server http 3000
	until_true 10 http_up
	clone_app
}

# ---- WireGuard

wireguard_up() # HOST
{
	local n=1
	[ "$1" = left ] || n=2
	systemd-run -q --unit=wireguard --property=Type=simple /usr/bin/wireguard-go -f wg0
	until_true 10 ip link show wg0
	wg set wg0 private-key /etc/wireguard.key listen-port 51820 \
		peer "$(wg pubkey </etc/wireguard.peer)" endpoint "$(cat /etc/wireguard.address):51820" \
		allowed-ips "10.9.0.$((3 - n))/32" persistent-keepalive 1
	ip address add "10.9.0.$n/24" dev wg0
	ip link set wg0 up
}
in_contact() { wg show all latest-handshakes | grep -v '	0$'; }
peer_unknown() # a new peer that never answers, kept alive
{
	wg set wg0 peer "$(wg genkey | wg pubkey)" endpoint 192.0.2.1:51820 allowed-ips 10.9.0.9/32 persistent-keepalive 5
}
peer_forgotten() { wg show wg0 endpoints | awk '/192.0.2.1:/ { print $1 }' | xargs -I{} wg set wg0 peer {} remove; }
wireguard_again()
{
	wireguard_up left
	until_true 30 in_contact
}

turns wireguard 'systemctl stop wireguard; until_true 10 no ip link show wg0' wireguard_again crit 'no WireGuard interface is up'
turns wireguard peer_unknown peer_forgotten crit 'never was in contact'

# ---- git

as_look() { setpriv --reuid=opsdeck-look --regid=opsdeck-look --init-groups env HOME=/tmp "$@"; }
clone_app()
{
	git config --system user.name lab
	git config --system user.email lab@lab.example
	git config --system --add safe.directory /srv/app
	git config --system --add safe.directory /srv/git/app.git
	git config --system init.defaultBranch main
	git init -q --bare /srv/git/app.git
	git init -q /srv/work
	git -C /srv/work commit -q --allow-empty -m one
	git -C /srv/work remote add origin /srv/git/app.git
	git -C /srv/work push -q -u origin main
	git clone -q /srv/git/app.git /srv/app
}
upstream_moves() { git -C /srv/work commit -q --allow-empty -m more && git -C /srv/work push -q; }

turns git-behind upstream_moves 'git -C /srv/app pull -q' warn 'commits on main that were not fetched'
turns git-behind 'upstream_moves; git -C /srv/app fetch -q' 'git -C /srv/app merge -q' warn '1 commit behind origin/main'
turns git-behind 'touch /srv/app/by-hand' 'rm /srv/app/by-hand' warn '1 changed file not committed'
turns git-behind 'git -C /srv/app commit -q --allow-empty -m mine' 'git -C /srv/app reset -q --hard HEAD~1' warn '1 commit not pushed'
turns git-behind 'git -C /srv/git/app.git branch -m main trunk' 'git -C /srv/git/app.git branch -m trunk main' warn 'has no branch main'
turns git-behind 'mv /srv/git/app.git /srv/git/gone.git' 'mv /srv/git/gone.git /srv/git/app.git' unknown 'does not appear to be a git repository'
turns git-behind 'git config --system --unset-all safe.directory' \
	'git config --system --add safe.directory /srv/app; git config --system --add safe.directory /srv/git/app.git' \
	unknown 'dubious ownership'

# ---- MCP: a small server of both eras, over stdio and HTTP

mcp_server()
{
	cat <<-'END'
		#!/usr/bin/python3
		import json, sys
		tools = [{"name": n, "inputSchema": {"type": "object"}} for n in open("/etc/mcp.tools").read().split()]
		info = {"name": "lab", "version": "1.0"}
		modern = "2026-07-28"

		def result(m):
		    meta = (m.get("params") or {}).get("_meta") or {}
		    if meta.get("io.modelcontextprotocol/protocolVersion", modern) != modern:
		        return None, {"code": -32022, "message": "Unsupported protocol version", "data": {"supported": [modern]}}
		    if m["method"] == "server/discover" and ERA == "both":
		        return {"resultType": "complete", "supportedVersions": [modern], "capabilities": {"tools": {}},
		                "_meta": {"io.modelcontextprotocol/serverInfo": info}}, None
		    if m["method"] == "initialize":
		        return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}, None
		    if m["method"] == "ping":
		        return {}, None
		    if m["method"] == "tools/list":
		        at = int(m.get("params", {}).get("cursor", 0))
		        page = {"tools": tools[at:at + 1]}
		        if at + 1 < len(tools):
		            page["nextCursor"] = str(at + 1)
		        return page, None
		    return None, {"code": -32601, "message": "Method not found"}

		def answer(text):
		    m = json.loads(text)
		    if "id" not in m:
		        return None
		    good, bad = result(m)
		    return json.dumps({"jsonrpc": "2.0", "id": m["id"], **({"result": good} if bad is None else {"error": bad})})

		ERA = open("/etc/mcp.era").read().strip()
		if sys.argv[1:2] == ["http"]:
		    from http.server import BaseHTTPRequestHandler, HTTPServer

		    class Handler(BaseHTTPRequestHandler):
		        def do_POST(self):
		            text = answer(self.rfile.read(int(self.headers["Content-Length"])))
		            self.send_response(200 if text else 202)
		            self.send_header("Content-Type", "application/json")
		            self.end_headers()
		            self.wfile.write((text or "").encode())

		    HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
		for line in sys.stdin:
		    text = answer(line)
		    if text:
		        print(json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "busy"}}))
		        print(text, flush=True)
	END
}
http_up() { curl -sS -d '{"id":1,"method":"ping"}' http://127.0.0.1:3000/mcp; }
http_again()
{
	systemctl restart mcp-http
	until_true 10 http_up
}
key_does() { sed -i "s|^.*ssh-ed25519|$1ssh-ed25519|" /home/mcp/.ssh/authorized_keys; } # OPTIONS
key_as_it_was() { install -o mcp -g mcp -m 0600 /etc/mcp.keys /home/mcp/.ssh/authorized_keys; }

turns mcp 'key_does ""' key_as_it_was crit 'its key opens a shell'
turns mcp "key_does 'restrict,command=\"cat\" '" key_as_it_was crit 'sends back what it gets'
turns mcp "key_does 'restrict,command=\"echo Welcome; exec /usr/local/bin/mcp-server\" '" key_as_it_was warn 'prints what is no message: Welcome'
turns mcp 'rm /home/mcp/.ssh/authorized_keys' key_as_it_was crit 'Permission denied'
turns mcp 'echo reboot >/etc/mcp.tools' 'echo list-hosts uptime >/etc/mcp.tools' crit 'lacks the tools list-hosts'
turns mcp 'echo session >/etc/mcp.era; mv /etc/mcp.tools /etc/mcp.none' \
	'echo both >/etc/mcp.era; mv /etc/mcp.none /etc/mcp.tools' crit 'no MCP server answers: .*mcp.tools'
turns mcp-http 'systemctl kill --signal=STOP mcp-http' 'systemctl kill --signal=CONT mcp-http' crit 'no MCP server answers'
turns mcp-http 'echo reboot >/etc/mcp.tools; http_again' 'echo list-hosts uptime >/etc/mcp.tools; http_again' crit 'lacks the tools list-hosts'
