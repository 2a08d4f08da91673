# shellcheck shell=bash
# ufw, over iptables.

tool_packages='ufw iptables'
tool_fleet='tags: [linux]'

tool_ready()
{
	ufw allow 22/tcp
	ufw --force enable
	ufw status | grep 'Status: active'
}

turns firewall 'ufw disable' 'ufw --force enable' warn 'ufw is switched off'
