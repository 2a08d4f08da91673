# shellcheck shell=bash
# Things that go wrong for real, and their mending. Sourced by ./lab.
# Each returns when the effect can be seen with the tool that a check would use.

# shellcheck disable=SC2034 # listed by usage()
faults=(quorum-node qdevice container container-unhealthy backup service sudoers network hang)

fault() # break|heal FAULT
{
	local f
	for f in "${faults[@]}"; do
		[ "$f" != "${2:-}" ] || {
			"$1_${f//-/_}"
			return
		}
	done
	die "$1 one of: ${faults[*]}"
}

quorum_says() # HOST PATTERN
{
	in_host "$1" corosync-quorumtool -s | grep -Eq "$2"
}

# A node is lost: node1 and the qdevice still have a majority.
break_quorum_node()
{
	in_host node2 systemctl stop corosync-qdevice.service corosync.service
	wait_for 60 "node1 sees node2 gone" quorum_says node1 '^Total votes: +2'
}
heal_quorum_node()
{
	in_host node2 systemctl start corosync.service corosync-qdevice.service
	wait_for 90 "quorum" quorum_is_whole
}

# The witness is lost: both nodes say NV and hold two votes of three.
break_qdevice()
{
	in_host store1 systemctl stop corosync-qnetd.service
	wait_for 60 "node1 sees the qdevice gone" quorum_says node1 'A,NV,NMW'
}
heal_qdevice()
{
	in_host store1 systemctl start corosync-qnetd.service
	wait_for 90 "quorum" quorum_is_whole
}

# As a unit of that host; what it leaves running (conmon, a container) must survive it.
store_run() # CMD...
{
	in_host store1 systemd-run -q --pipe --wait --property=KillMode=process --setenv=HOME=/root \
		"$@" >/dev/null
}

container_is() # NAME FORMAT VALUE
{
	[ "$(in_host store1 podman inspect --format "$2" "$1")" = "$3" ]
}

container_loops()
{
	[ "$(in_host store1 podman inspect --format '{{.RestartCount}}' queue)" -ge 4 ]
}

break_container()
{
	in_host store1 rm -f /srv/queue/queue.conf
	store_run podman restart queue
	wait_for 30 "queue restarts" container_loops
}
heal_container()
{
	store_run store-setup remake queue
	wait_for 30 "queue runs" container_is queue '{{.State.Status}}' running
}

break_container_unhealthy()
{
	in_host store1 rm -f /srv/web/ready
	in_host store1 podman healthcheck run web >/dev/null || true
	wait_for 30 "web is unhealthy" container_is web '{{.State.Health.Status}}' unhealthy
}
heal_container_unhealthy()
{
	in_host store1 sh -c 'echo ready >/srv/web/ready'
	in_host store1 podman healthcheck run web >/dev/null
	wait_for 30 "web is healthy" container_is web '{{.State.Health.Status}}' healthy
}

break_backup() { in_host store1 store-setup age; }
heal_backup() { in_host store1 store-setup backups; }

# nginx fails at its start, by a line that somebody left behind.
break_service()
{
	echo 'broken on;' | in_host web1 tee /etc/nginx/conf.d/zz-broken.conf >/dev/null
	in_host web1 systemctl restart nginx.service 2>/dev/null || true
	wait_for 30 "nginx has failed" in_host web1 systemctl is-failed nginx.service
}
heal_service()
{
	in_host web1 rm -f /etc/nginx/conf.d/zz-broken.conf
	in_host web1 systemctl reset-failed nginx.service
	in_host web1 systemctl restart nginx.service
	wait_for 30 "nginx runs" in_host web1 systemctl is-active nginx.service
}

break_sudoers()
{
	echo 'luna ALL=(root) NOPASSWD: /bin/bash' |
		in_host web1 sh -c 'cat >>/etc/sudoers.d/luna'
}
heal_sudoers()
{
	in_host web1 install -o root -g root -m 0440 /root/luna.sudoers /etc/sudoers.d/luna
}

# web1's cable is pulled: no refusal, only silence.
break_network() { ip link set "$(host_link web1)" down; }
heal_network()
{
	ip link set "$(host_link web1)" up
	wait_for 30 "web1 answers" ssh_answers "$(host_addr web1)"
}

# web1's sshd takes connections (the kernel does) and never says a word.
break_hang() { in_host web1 systemctl kill --kill-whom=main --signal=STOP ssh.service; }
heal_hang()
{
	in_host web1 systemctl kill --kill-whom=main --signal=CONT ssh.service
	wait_for 30 "web1 answers" ssh_answers "$(host_addr web1)"
}
