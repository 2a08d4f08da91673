# shellcheck shell=bash
# Who tries to get in: real wrong passwords for sudo, su and SSH. Each try over SSH comes from another
# address, for OpenSSH 10 makes an address wait that failed.

tool_fleet='tags: [linux]'

tool_setup() # ROOT HOST
{
	echo 'luna:right' | chroot "$1" chpasswd
	printf 'PasswordAuthentication yes\nMaxAuthTries 10\n' | write "$1/etc/ssh/sshd_config.d/00-passwords.conf"
	echo 'luna ALL=(root) /usr/bin/id' | write "$1/etc/sudoers.d/id" 0440
	printf '#!/bin/sh\necho wrong\n' | write "$1/usr/local/bin/wrong" 0755
	# Six times wrong, then right.
	write "$1/usr/local/bin/guess" 0755 <<-'EOT'
		#!/bin/sh
		echo . >>/run/guesses
		[ "$(wc -l </run/guesses)" -gt 6 ] && echo right || echo wrong
	EOT
}

# What was logged is gone when the window has passed; here at once. A file of the journal that began
# less than a second ago is not taken away yet.
forgotten()
{
	journalctl -q --rotate
	journalctl -q --vacuum-time=1s
	[ -z "$(journalctl -q -t sudo -t su -t sshd -t sshd-session)" ]
}
forget()
{
	rm -f /run/guesses
	until_true 20 forgotten
	logger "the journal starts again"
}

# ---- sudo and su

wrong_sudo() # COUNT [sudo-rs]
{
	local i
	for ((i = 0; i < $1; i++)); do
		no eval "echo wrong | runuser -u luna -- ${2:-sudo} -k -S -p '' id" &
	done
	wait
}
logged_times() # N TAG PATTERN
{
	[ "$(logged "$2" "$3" | wc -l)" = "$1" ]
}
wrong_passwords() # COUNT
{
	wrong_sudo "$1"
	until_true 10 logged_times "$1" sudo '1 incorrect password attempt'
}
logged() { journalctl -q -t "$1" --grep "$2"; } # TAG PATTERN
not_allowed()
{
	no eval "echo right | runuser -u luna -- sudo -k -S -p '' true"
	until_true 10 logged sudo 'command not allowed'
}
wrong_su()
{
	no eval 'echo wrong | runuser -u luna -- su max -c true'
	until_true 10 logged su 'FAILED SU'
}

turns sudo-failures 'wrong_passwords 1' forget warn 'luna \(wrong password\)'
turns sudo-failures 'wrong_passwords 10' forget crit '10 failed tries'
turns sudo-failures not_allowed forget warn 'luna \(command not allowed\)'
turns sudo-failures wrong_su forget warn 'luna \(failed su\)'

# ---- SSH

ask() # ASKPASS FROM PROMPTS USER
{
	SSH_ASKPASS=/usr/local/bin/$1 SSH_ASKPASS_REQUIRE=force setsid -w ssh -F none -b "$2" \
		-o PubkeyAuthentication=no -o NumberOfPasswordPrompts="$3" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$4@127.0.0.1" true
}
fails() # COUNT USER: so many wrong passwords, each from another address
{
	local i
	for ((i = 1; i <= $1; i++)); do ask wrong "127.0.9.$i" 1 "$2" & done
	wait
	until_true 10 ssh_logged "$1"
}
ssh_logged() # N
{
	[ "$(journalctl -q -t sshd -t sshd-session --grep 'Failed password' | wc -l)" -ge "$1" ]
}
turns ssh-failures 'fails 9 luna; fails 10 nobody-here' forget warn 'failed SSH logins'
turns ssh-failures 'ask guess 127.0.9.77 7 luna' forget crit 'luna from 127.0.9.77'
