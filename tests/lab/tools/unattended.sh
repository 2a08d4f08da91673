# shellcheck shell=bash
# unattended-upgrades over an empty archive: switched on, has run, and what stops it. Also a host that
# no longer answers.

tool_packages='unattended-upgrades'
tool_fleet='tags: [linux, unattended-upgrades]'

tool_setup() # ROOT HOST
{
	local timer
	mkdir -p "$1/srv/archive"
	: >"$1/srv/archive/Packages"
	echo 'deb [trusted=yes] file:/srv/archive ./' >"$1/etc/apt/sources.list"
	for timer in apt-daily.timer apt-daily-upgrade.timer; do
		rm "$1/etc/systemd/system/$timer"
		systemctl -q --root="$1" enable "$timer"
	done
	write "$1/etc/apt/apt.conf.d/20auto-upgrades" <<-'EOT'
		APT::Periodic::Update-Package-Lists "1";
		APT::Periodic::Unattended-Upgrade "1";
	EOT
}

# What apt-daily-upgrade.service does, all of it and now.
runs_now()
{
	apt-get -qq update
	rm -f /var/lib/apt/periodic/*-stamp
	/usr/lib/apt/apt.systemd.daily install
	[ -e /var/lib/apt/periodic/unattended-upgrades-stamp ]
}
tool_ready() { runs_now; }

switch() # 0|1
{
	sed -i "/Unattended-Upgrade/s/\"[01]\"/\"$1\"/" /etc/apt/apt.conf.d/20auto-upgrades
}
turns unattended-upgrades 'switch 0' 'switch 1' crit 'unattended upgrades are off'
turns unattended-upgrades 'systemctl stop apt-daily-upgrade.timer' 'systemctl start apt-daily-upgrade.timer' \
	crit 'not running: apt-daily-upgrade.timer'
turns unattended-upgrades \
	'touch -d "10 days ago" /var/lib/apt/periodic/*; : >/var/log/unattended-upgrades/unattended-upgrades.log' \
	'runs_now' crit 'last run was on'

# Somebody holds dpkg's lock: the run ends with an error.
locked_run()
{
	systemd-run -q --unit=holder python3 -c "import apt_pkg, time
apt_pkg.init(); apt_pkg.get_lock('/var/lib/dpkg/lock-frontend', True); time.sleep(100000)"
	until_true 10 no flocked
	/usr/bin/unattended-upgrade || true
	grep ERROR /var/log/unattended-upgrades/unattended-upgrades.log
}
flocked() { python3 -c "import apt_pkg; apt_pkg.init(); exit(apt_pkg.get_lock('/var/lib/dpkg/lock-frontend') < 0)"; }
let_run()
{
	systemctl stop holder.service
	runs_now
}
turns unattended-upgrades locked_run let_run warn 'last run had an error'

unplug()
{
	host_link unattended >"$lab/link"
	ip link set "$(cat "$lab/link")" down
}
# With its cable the host loses its address too, and takes a moment to have it again.
plug()
{
	ip link set "$(cat "$lab/link")" up
	until_true 30 ssh_answers "$(host_addr unattended)"
}
turns reachable 'here unplug' 'here plug' unreachable 'No route|timed out|cannot connect'
