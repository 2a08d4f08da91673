# shellcheck shell=bash
# What each host is, written into its overlay before it boots. Sourced by ./lab.
# A host whose roles.sh is no longer this one is made afresh at the next up.

roles_hash() { cat "$lab_src/roles.sh" "$lab_src/store-setup" | sha256sum | cut -c1-10; }

role_enable() # ROOT UNIT...
{
	local root=$1
	shift
	systemctl -q --root="$root" enable "$@"
}

role_common() # HOST ROOT
{
	local h=$1 root=$2 other
	echo "$h" >"$root/etc/hostname"
	echo "$h" | md5sum | cut -c1-32 >"$root/etc/machine-id"
	{
		printf '127.0.0.1\tlocalhost\n'
		for other in "${hosts[@]}"; do
			printf '%s\t%s\n' "$(host_addr "$other")" "$other"
		done
	} >"$root/etc/hosts"
	write "$root/etc/systemd/network/10-host0.network" <<-END
		[Match]
		Name=host0

		[Network]
		Address=$(host_addr "$h")/24
		LinkLocalAddressing=no
		IPv6AcceptRA=no
		LLDP=no
	END
	# A quick machine breaks and heals a service more than five times in ten seconds.
	write "$root/etc/systemd/system.conf.d/lab.conf" <<<$'[Manager]\nDefaultStartLimitBurst=100'
	install -m 0600 "$lab/hostkeys/$h"/ssh_host_*_key "$root/etc/ssh/"
	install -m 0644 "$lab/hostkeys/$h"/ssh_host_*_key.pub "$root/etc/ssh/"
	write "$root/etc/ssh/sshd_config.d/10-lab.conf" <<-'END'
		PermitRootLogin no
		PasswordAuthentication no
	END
	role_login "$root" opsdeck-look look
	role_login "$root" opsdeck-apply apply
	role_login "$root" max max
	write "$root/etc/sudoers.d/luna" 0440 <<-'END'
		# What luna does on her own here.
		luna ALL=(root) NOPASSWD: /usr/bin/systemctl status ssh.service
		luna ALL=(root) NOPASSWD: /usr/bin/journalctl -u ssh.service --no-pager
		luna ALL=(root) NOPASSWD: /usr/sbin/sshd -T
	END
}

role_login() # ROOT USER KEY
{
	local home=$1/home/$2 id
	id=$(awk -F: -v u="$2" '$1 == u { print $3 }' "$1/etc/passwd")
	install -d -m 0700 -o "$id" -g "$id" "$home/.ssh"
	install -m 0600 -o "$id" -g "$id" "$lab/keys/$3.pub" "$home/.ssh/authorized_keys"
}

role_bastion()
{
	local root=$2 user
	chroot "$root" /usr/sbin/useradd -m -s /bin/bash -u 1001 -U vera
	chroot "$root" /usr/sbin/useradd -r -M -d /var/lib/opsdeck -s /usr/sbin/nologin -u 900 -U opsdeck
	for user in vera luna; do role_login "$root" "$user" "$user"; done
	rm "$root/etc/sudoers.d/luna"
	# Whose name stands in the commits.
	for user in max luna; do
		printf '[user]\n\tname = %s\n\temail = %s@lab.example\n' "${user^}" "$user" |
			write "$root/home/$user/.gitconfig"
	done
}

role_node()
{
	local root=$2
	role_enable "$root" corosync.service corosync-qdevice.service
	# corosync wants every brace on a line with nothing after it
	write "$root/etc/corosync/corosync.conf" <<-END
		totem {
		    version: 2
		    cluster_name: lab
		    transport: knet
		    crypto_cipher: none
		    crypto_hash: none
		}
		nodelist {
		    node {
		        name: node1
		        nodeid: 1
		        ring0_addr: $(host_addr node1)
		    }
		    node {
		        name: node2
		        nodeid: 2
		        ring0_addr: $(host_addr node2)
		    }
		}
		quorum {
		    provider: corosync_votequorum
		    device {
		        model: net
		        votes: 1
		        net {
		            host: $(host_addr store1)
		            algorithm: ffsplit
		            tls: off
		        }
		    }
		}
		logging {
		    to_syslog: yes
		    to_stderr: no
		}
	END
	# Both may be up before the other two are; a failed start is tried again.
	write "$root/etc/systemd/system/corosync-qdevice.service.d/lab.conf" <<-'END'
		[Service]
		Restart=on-failure
		RestartSec=1
	END
	write "$root/etc/sudoers.d/luna" 0440 <<-'END'
		# What luna does on her own here.
		luna ALL=(root) NOPASSWD: /usr/sbin/corosync-quorumtool -s
		luna ALL=(root) NOPASSWD: /usr/sbin/corosync-cfgtool -s
		luna ALL=(root) NOPASSWD: /usr/bin/journalctl -u corosync.service --no-pager
		luna ALL=(root) NOPASSWD: /usr/bin/systemctl status corosync.service corosync-qdevice.service
	END
}

role_store()
{
	local root=$2
	write "$root/etc/default/corosync-qnetd" <<-'END'
		COROSYNC_QNETD_OPTIONS="-s off"
	END
	install -m 0755 "$lab_src/store-setup" "$root/usr/local/sbin/store-setup"
	write "$root/etc/systemd/system/store-setup.service" <<-'END'
		[Unit]
		Description=Containers and backups of the lab
		After=network.target

		[Service]
		Type=oneshot
		RemainAfterExit=yes
		Environment=HOME=/root
		ExecStart=/usr/local/sbin/store-setup
		ExecStop=/usr/bin/podman stop -a -t 0
		KillMode=process

		[Install]
		WantedBy=multi-user.target
	END
	write "$root/etc/sudoers.d/luna" 0440 <<-'END'
		# What luna does on her own here.
		luna ALL=(root) NOPASSWD: /usr/bin/podman ps -a
		luna ALL=(root) NOPASSWD: /usr/bin/podman logs web
		luna ALL=(root) NOPASSWD: /usr/bin/corosync-qnetd-tool -l
		luna ALL=(backup) NOPASSWD: /usr/bin/df -h
	END
	role_enable "$root" corosync-qnetd.service store-setup.service
}

role_web()
{
	local root=$2
	role_enable "$root" nginx.service
	write "$root/var/www/html/index.html" <<-'END'
		<!doctype html><title>web1</title><p>It works.
	END
	# A host that nobody has tightened yet: what the sshd check should speak about.
	write "$root/etc/ssh/sshd_config.d/10-lab.conf" <<-'END'
		PasswordAuthentication yes
	END
	write "$root/etc/cron.d/site" <<-'END'
		# m h dom mon dow user command
		17 3 * * * www-data /usr/bin/find /var/www -newer /etc/hostname
	END
	write "$root/etc/sudoers.d/luna" 0440 <<-'END'
		# What luna does on her own here.
		luna ALL=(root) NOPASSWD: /usr/bin/systemctl reload nginx.service
		luna ALL=(root) NOPASSWD: /usr/bin/systemctl status nginx.service
		luna ALL=(root) NOPASSWD: /usr/sbin/nginx -t
		luna ALL=(www-data) NOPASSWD: /usr/bin/tail -n 100 /var/log/nginx/error.log
	END
	install -m 0440 "$root/etc/sudoers.d/luna" "$root/root/luna.sudoers"
}

# Some states take more than a boot: return when they have come.
up_settled()
{
	local h
	for h in node1 node2 store1; do
		host_pid "$h" >/dev/null || return 0
	done
	wait_for 90 "quorum" quorum_is_whole
}

quorum_is_whole()
{
	local h said
	for h in node1 node2; do
		said=$(in_host "$h" corosync-quorumtool -s) || return 1
		grep -Eq '^Total votes: +3$' <<<"$said" || return 1
		[ "$(grep -c ' A,V,NMW ' <<<"$said")" = 2 ] || return 1
	done
}
