# shellcheck shell=bash
# The cockpit in a real terminal of 80x24, over a real login at the bastion. Sourced by test_*.sh.

# screen_open NAME USER ARGS...: a terminal of its own for each name.
screen_open()
{
	local user=$2
	screen_of=opsdeck-lab-$$-$1
	shift 2
	screens+=("$screen_of")
	LC_ALL=C.UTF-8 TERM=xterm-256color tmux -u -L "$screen_of" -f /dev/null new-session -d -x 80 -y 24 \
		"ssh -tt -F '$ssh_config' $user@bastion 'cd ops 2>/dev/null; LC_ALL=C.UTF-8 opsdeck $*'"
	tmux -L "$screen_of" set-option -g status off
	tmux -L "$screen_of" set-option -g escape-time 0
}

screen_close()
{
	tmux -L "$screen_of" kill-server 2>/dev/null || true
	screen_of=
}

screen_print() { tmux -u -L "$screen_of" capture-pane -p 2>/dev/null || true; }
screen_has() { screen_print | grep -Eq -- "$1"; }

# screen_wait PATTERN [SECONDS]
screen_wait()
{
	until_true "${2:-10}" "on the screen: $1" screen_has "$1"
}
screen_lacks() { ! screen_has "$1" || fail "on the screen: $1"; }

keys() { tmux -L "$screen_of" send-keys "$@"; }
type_text() { tmux -L "$screen_of" send-keys -l "$1"; }
