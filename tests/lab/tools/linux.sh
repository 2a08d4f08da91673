# shellcheck shell=bash
# What every host has: disks, memory, services, sudoers, sshd, ports.

tool_packages='nginx-light e2fsprogs'
# The machine's memory is also this host's: the limit stands well above what is in use.
tool_fleet="tags: [linux]
params:
  services: [nginx]
  memory_warn: $(awk '/^MemTotal/ { t = $2 } /^MemAvailable/ { a = $2 }
	END { printf "%d", 100 * (t - a) / t + 15 }' /proc/meminfo)"
tool_setup() # ROOT HOST
{
	systemctl -q --root="$1" enable nginx.service
}

tool_ready()
{
	loop_nodes
	truncate -s 40M /root/small.img
	mkfs.ext4 -q -m 0 -N 2000 /root/small.img
	mkdir /srv/small
	mount -o loop /root/small.img /srv/small
	systemctl is-active nginx.service
}

# ---- disks

fill() # PERCENT
{
	local size
	size=$(df --output=used,avail -k /srv/small |
		awk -v p="$1" 'END { print int(($1 + $2) * p / 100 - $1) }')
	fallocate -l "${size}K" /srv/small/full
}

fill_inodes()
{
	mkdir /srv/small/many
	(cd /srv/small/many && seq 1980 | xargs touch) || true
}

turns disk 'fill 90' 'rm /srv/small/full' warn '/srv/small: disk [89].*full'
turns disk 'fill 98' 'rm /srv/small/full' crit '/srv/small: disk 9.*full'
turns disk fill_inodes 'rm -r /srv/small/many' crit '/srv/small: inodes .*used'

# ---- memory: a quarter of it, held by a memory file system

fill_memory()
{
	mkdir -p /run/hog
	mount -t tmpfs -o size=90% hog /run/hog
	fallocate -l "$(awk '/^MemTotal/ { print int($2 / 4) }' /proc/meminfo)K" /run/hog/full
}

turns memory fill_memory 'umount /run/hog' warn 'memory .*used'

# ---- services

break_nginx()
{
	echo 'broken on;' >/etc/nginx/conf.d/zz-broken.conf
	systemctl restart nginx.service || true
	until_true 30 systemctl is-failed nginx.service
}
heal_nginx()
{
	rm /etc/nginx/conf.d/zz-broken.conf
	systemctl reset-failed nginx.service
	systemctl restart nginx.service
}

turns services break_nginx heal_nginx crit 'nginx.service: failed'
turns services 'systemctl mask --now nginx.service' \
	'systemctl unmask nginx.service; systemctl start nginx.service' crit 'nginx'

# ---- who may become root, and log in

turns sudoers 'echo "luna ALL=(root) NOPASSWD: /bin/bash" >>/etc/sudoers.d/luna' \
	'sed -i "\$d" /etc/sudoers.d/luna' drift 'luna'
turns sudoers 'chmod 0646 /etc/sudoers.d/luna' 'chmod 0440 /etc/sudoers.d/luna' crit 'luna'
turns sudoers 'cp -p /etc/sudoers.d/luna /etc/sudoers.d/luna.old' 'rm /etc/sudoers.d/luna.old' \
	warn 'passes over .*luna.old'

sshd_says() { sshd -T | grep -ix "$1"; }
turns sshd 'echo "PermitRootLogin yes" >/etc/ssh/sshd_config.d/00-hand.conf; sshd_says "permitrootlogin yes"' \
	'rm /etc/ssh/sshd_config.d/00-hand.conf' crit 'root may log in'
turns sshd 'echo "X11Forwarding no" >/etc/ssh/sshd_config.d/00-hand.conf' \
	'rm /etc/ssh/sshd_config.d/00-hand.conf' drift 'x11forwarding no'

# ---- ports

listen() # ADDRESS:PORT
{
	systemd-run -q --unit=listener busybox httpd -f -p "$1"
	until_true 10 eval "ss -tlnH | grep -F '$1'"
}
turns ports 'listen 0.0.0.0:4444' 'systemctl stop listener.service' drift 'tcp any 4444 busybox'
turns ports 'listen 127.0.0.1:4444' 'systemctl stop listener.service' drift 'tcp loopback 4444 busybox'
