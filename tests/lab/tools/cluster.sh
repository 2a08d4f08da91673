# shellcheck shell=bash
# Two nodes of corosync over two links, with a quorum device; each part of it fails alone.

tool_hosts='left right witness'
tool_fleet='tags: [cluster, qdevice]'
tool_fleet_witness='tags: [qnetd]
params: {qnetd_clusters: [lab]}'

second() { case $1 in left) echo 198.51.100.11 ;; right) echo 198.51.100.12 ;; esac }

tool_setup() # ROOT HOST
{
	local h id=0
	if [ "$2" = witness ]; then
		echo 'COROSYNC_QNETD_OPTIONS="-s off"' >"$1/etc/default/corosync-qnetd"
		role_enable "$1" corosync-qnetd.service
		return
	fi
	write "$1/etc/systemd/network/10-host0.network.d/second.conf" <<-END
		[Network]
		Address=$(second "$2")/24
	END
	{
		printf 'totem {\n version: 2\n cluster_name: lab\n transport: knet\n'
		printf ' crypto_cipher: none\n crypto_hash: none\n}\nnodelist {\n'
		for h in left right; do
			printf ' node {\n  name: %s\n  nodeid: %d\n' "$h" $((id += 1))
			printf '  ring0_addr: %s\n  ring1_addr: %s\n }\n' "$(host_addr "$h")" "$(second "$h")"
		done
		printf '}\nquorum {\n provider: corosync_votequorum\n device {\n  model: net\n  votes: 1\n'
		printf '  net {\n   host: %s\n   algorithm: ffsplit\n   tls: off\n  }\n }\n}\n' "$(host_addr witness)"
		printf 'logging {\n to_syslog: yes\n to_stderr: no\n}\n'
	} | write "$1/etc/corosync/corosync.conf"
	write "$1/etc/systemd/system/corosync-qdevice.service.d/lab.conf" <<-'END'
		[Service]
		Restart=on-failure
		RestartSec=1
	END
	role_enable "$1" corosync.service corosync-qdevice.service
}

tool_ready() # HOST
{
	[ "$1" != witness ] || return 0
	until_true 90 whole
}

votes() { corosync-quorumtool -s | grep -E "^Total votes: +$1\$"; }
flags() { [ "$(corosync-quorumtool -s | grep -c " $1 ")" = "$2" ]; }
links() { [ "$(corosync-cfgtool -s | grep -c 'disconnected$')" = "$1" ]; }
whole() { votes 3 && flags A,V,NMW 2 && links 0; }
device_is() { corosync-qdevice-tool -sv | grep -E "^State:.*$1"; }
clients() { corosync-qnetd-tool -s | grep -E "clients:.*$1"; }

turns quorum 'on right systemctl stop corosync-qdevice corosync; until_true 60 no corosync-quorumtool -s' \
	'on right systemctl start corosync corosync-qdevice; until_true 90 whole' warn '2 of 3 votes, missing'
turns quorum 'on witness systemctl stop corosync-qnetd' \
	'on witness systemctl start corosync-qnetd; until_true 60 clients 2' warn 'the quorum device has no vote' sweeps=20
turns qdevice 'on witness systemctl stop corosync-qnetd' \
	'on witness systemctl start corosync-qnetd; until_true 60 clients 2' warn 'is not reached.*one more loss and the cluster stops' sweeps=20
turns qdevice 'systemctl stop corosync-qdevice' 'systemctl start corosync-qdevice; until_true 60 whole' \
	warn 'does not run on this node' sweeps=4
turns qnetd 'on right systemctl stop corosync-qdevice' 'on right systemctl start corosync-qdevice; until_true 60 whole' \
	warn 'lab: node 2 is not connected' sweeps=20 host=witness
turns qnetd 'on witness systemctl stop corosync-qnetd' 'on witness systemctl start corosync-qnetd; until_true 60 clients 2' \
	crit 'corosync-qnetd does not run' sweeps=4 host=witness
turns corosync-links 'on right ip addr del 198.51.100.12/24 dev host0' \
	'on right ip addr add 198.51.100.12/24 dev host0; until_true 60 corosync-cfgtool -s' warn 'node 2 link 1: disconnected' sweeps=30
turns corosync-links 'on right systemctl stop corosync-qdevice corosync; until_true 60 no corosync-quorumtool -s' \
	'on right systemctl start corosync corosync-qdevice; until_true 90 whole' crit 'no link to node 2' sweeps=20
