# shellcheck shell=bash
# What runs by itself or with another's rights, and where it lies: cron, timers, SUID, mounts.

tool_packages='e2fsprogs libcap2-bin nginx-light'
tool_fleet='tags: [linux]
params:
  timers: [systemd-tmpfiles-clean]
  mounts: [/srv/small]'

tool_ready()
{
	loop_nodes
	truncate -s 20M /root/small.img
	mkfs.ext4 -q /root/small.img
	mkdir -p /srv/small
	echo '/root/small.img /srv/small ext4 loop 0 0' >>/etc/fstab
	systemctl daemon-reload
	mount /srv/small
}

# ---- cron

cron_job='17 * * * * root /usr/bin/true'
turns cron "echo '$cron_job' >/etc/cron.d/hand" 'rm /etc/cron.d/hand' drift '/etc/cron.d/hand'
turns cron "echo '$cron_job' >/etc/cron.d/hand.bak" 'rm /etc/cron.d/hand.bak' warn 'hand.bak'
turns cron 'echo "@reboot /usr/bin/true" | crontab -u luna -' 'crontab -u luna -r' drift 'luna @reboot'
turns cron 'install -m 0755 /usr/bin/true /etc/cron.daily/hand' 'rm /etc/cron.daily/hand' \
	drift 'script /etc/cron.daily/hand'

# ---- timers

timer_unit()
{
	systemd-run -q --on-calendar=daily --unit=hand /usr/bin/true
	until_true 10 systemctl is-active hand.timer
}
turns timers timer_unit 'systemctl stop hand.timer' drift 'hand.timer hand.service'
turns timers 'systemctl stop systemd-tmpfiles-clean.timer' 'systemctl start systemd-tmpfiles-clean.timer' \
	crit 'systemd-tmpfiles-clean.timer'

# ---- rights of others

turns suid 'install -m 4755 /usr/bin/id /usr/local/bin/hand' 'rm /usr/local/bin/hand' \
	drift '4755 root root /usr/local/bin/hand'
turns suid 'install -m 4755 /bin/bash /usr/local/bin/bash' 'rm /usr/local/bin/bash' crit '/usr/local/bin/bash'
turns suid 'install -m 4777 /usr/bin/id /usr/local/bin/hand' 'rm /usr/local/bin/hand' crit 'written by everybody'
with_capability() # CAPABILITIES PROGRAM
{
	cp "$2" /usr/local/bin/
	setcap "$1" "/usr/local/bin/${2##*/}"
}
turns suid 'with_capability cap_net_raw+ep /usr/bin/id' 'rm /usr/local/bin/id' \
	drift 'cap_net_raw.* /usr/local/bin/id'
turns suid 'with_capability cap_setuid+ep /usr/bin/perl' 'rm /usr/local/bin/perl' crit '/usr/local/bin/perl'

# ---- mounts

turns mounts 'umount /srv/small' 'mount /srv/small' crit '/srv/small'
turns mounts 'mount -o remount,ro /srv/small' 'mount -o remount,rw /srv/small' crit '/srv/small.*read-only'
