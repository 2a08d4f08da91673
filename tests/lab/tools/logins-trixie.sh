# shellcheck shell=bash
# The same with Debian 13: OpenSSH 10 logs as sshd-session; and sudo-rs, which leaves it to PAM to log.
# shellcheck source=tests/lab/tools/logins.sh
. "$lab_src/tools/logins.sh"
tool_suite=trixie

wrong_sudo_rs()
{
	wrong_sudo 1 sudo-rs
	until_true 10 logged sudo-rs 'authentication failure'
}
turns sudo-failures wrong_sudo_rs forget warn 'luna'
