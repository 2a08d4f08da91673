# shellcheck shell=bash
# Who logged in, what sudo lets them do, and which files are open to all.

tool_packages='libcap2-bin'
tool_fleet='tags: [linux]'

tool_setup() { rm "$1/etc/sudoers.d/max"; } # ROOT HOST

tool_ready()
{
	install -d -m 0700 -o luna -g luna ~luna/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /root/luna
	install -m 0600 -o luna -g luna /root/luna.pub ~luna/.ssh/authorized_keys
	chmod 0755 /home/max
}

# ---- who was there

terminal_login()
{
	ssh -F none -tt -i /root/luna -b 127.0.9.88 -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null luna@127.0.0.1 true </dev/null
	until_true 10 eval 'last -w -i | grep 127.0.9.88'
}
turns logins terminal_login ': >/var/log/wtmp' drift 'luna 127.0.9.88'

# ---- sudo's rights

hand() { echo "$1" | install -m 0440 /dev/stdin /etc/sudoers.d/hand; }
turns sudo-rights 'hand "luna ALL=(ALL) NOPASSWD: ALL"' 'rm /etc/sudoers.d/hand' \
	warn 'luna .*NOPASSWD ALL'
turns sudo-rights 'hand "luna ALL=(root) /usr/bin/who"' 'rm /etc/sudoers.d/hand' \
	drift 'luna .*/usr/bin/who'
turns sudo-rights 'hand "Defaults !authenticate"' 'rm /etc/sudoers.d/hand' \
	warn 'authenticate'

# ---- modes and owners

turns path-modes 'install -d -m 0755 /home/max/.pm2' 'rm -r /home/max/.pm2' crit '/home/max/.pm2'
turns path-modes 'chmod 0644 /etc/shadow' 'chmod 0640 /etc/shadow' crit '/etc/shadow'
turns path-modes 'chmod o+w /etc/hosts' 'chmod o-w /etc/hosts' crit '/etc/hosts'
