# shellcheck shell=bash
# The same where rsyslog writes auth.log and the journal keeps nothing.
# shellcheck source=tests/lab/tools/logins.sh
. "$lab_src/tools/logins.sh"
tool_packages='rsyslog'

tool_ready() # before the first look
{
	printf '[Journal]\nStorage=none\nForwardToSyslog=yes\n' >/etc/systemd/journald.conf.d/zz-none.conf
	rm -rf /run/log/journal /var/log/journal
	systemctl restart systemd-journald.service rsyslog.service
	forget
}

forget()
{
	rm -f /run/guesses
	truncate -s 0 /var/log/auth.log
	logger -p auth.info -t lab "the log starts again"
	until_true 10 grep -q 'starts again' /var/log/auth.log
}
logged() { grep -E " $1(\[[0-9]+\])?: .*$2" /var/log/auth.log; } # TAG PATTERN
ssh_logged() # N
{
	[ "$(grep -c 'Failed password' /var/log/auth.log)" -ge "$1" ]
}
