# shellcheck shell=bash
# AIDE over a folder, fail2ban over a log, clamscan with a signature of our own. auditd is not here: the
# kernel lets only the machine's own pid namespace speak to its audit.

tool_packages='aide fail2ban clamav'
tool_fleet='tags: [aide, fail2ban, clamav]
params:
  fail2ban_jails: [sshd]
  clamav_paths: [/srv/share]'

tool_setup() # ROOT HOST
{
	mkdir -p "$1/srv/share" "$1/srv/kept" "$1/var/log/aide" "$1/var/lib/aide"
	echo kept | write "$1/srv/kept/file"
	echo other | write "$1/srv/kept/other"
	echo fine | write "$1/srv/share/notes"
	write "$1/etc/aide/lab.conf" <<-'END'
		database_in=file:/var/lib/aide/lab.db
		database_out=file:/var/lib/aide/lab.db.new
		report_url=stdout
		/srv/kept p+u+g+s+sha256
	END
	write "$1/var/lib/clamav/lab.ndb" <<-'END'
		Lab.Test.File:0:*:6f70736465636b2d6d616c776172652d74657374
	END
	rm -f "$1/etc/systemd/system/multi-user.target.wants/clamav-freshclam.service"
	write "$1/etc/fail2ban/jail.d/zz-lab.local" <<-'END'
		[sshd]
		enabled = true
		backend = polling
		logpath = /var/log/fail.log
		banaction = lab
		maxretry = 3
	END
	write "$1/etc/fail2ban/action.d/lab.conf" <<-'END'
		[Definition]
		actionban = true
		actionunban = true
	END
	echo | write "$1/var/log/fail.log"
	systemctl -q --root="$1" enable fail2ban.service
}

look() { aide --check --config=/etc/aide/lab.conf >/var/log/aide/aide.log || [ $? -lt 8 ]; }
jailed() { fail2ban-client status | grep -q sshd; }

tool_ready()
{
	aide --init --config=/etc/aide/lab.conf
	mv /var/lib/aide/lab.db.new /var/lib/aide/lab.db
	look
	until_true 30 jailed
}

turns aide 'echo more >>/srv/kept/file; look' 'echo kept >/srv/kept/file; look' \
	warn '0 added, 0 removed, 1 changed; /srv/kept/file: changed|1 changed'
turns aide 'echo new >/srv/kept/new; rm /srv/kept/other; look' \
	'rm /srv/kept/new; echo other >/srv/kept/other; look' warn '1 added, 1 removed'
turns aide 'mv /var/log/aide/aide.log /root' 'mv /root/aide.log /var/log/aide' unknown 'no report'

turns fail2ban 'systemctl stop fail2ban' 'systemctl start fail2ban; until_true 30 jailed' \
	crit 'does not run'
turns fail2ban 'sed -i s/true/false/ /etc/fail2ban/jail.d/zz-lab.local; fail2ban-client reload; until_true 30 no jailed' \
	'sed -i s/false/true/ /etc/fail2ban/jail.d/zz-lab.local; fail2ban-client reload; until_true 30 jailed' \
	crit 'sshd: must be there'

# No official signatures here: it says so all the time.
turns clamav 'echo opsdeck-malware-test >/srv/share/new.txt' 'rm /srv/share/new.txt' \
	crit '/srv/share/new.txt: Lab.Test.File' before=warn
turns clamav 'mv /var/lib/clamav/lab.ndb /root' 'mv /root/lab.ndb /var/lib/clamav' \
	crit 'no signatures' before=warn
