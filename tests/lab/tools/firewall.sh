# shellcheck shell=bash
# nftables, as Debian ships it, with rules of its own.

tool_packages='nftables'
tool_fleet='tags: [linux]'

tool_setup() # ROOT HOST
{
	write "$1/etc/nftables.conf" 0755 <<-'EOT'
		#!/usr/sbin/nft -f
		flush ruleset
		table inet filter {
		    chain input {
		        type filter hook input priority filter; policy drop;
		        ct state established,related accept
		        iifname "lo" accept
		        tcp dport 22 accept
		    }
		    chain forward {
		        type filter hook forward priority filter; policy drop;
		    }
		}
	EOT
	systemctl -q --root="$1" enable nftables.service
}
tool_ready() { nft list chain inet filter input | grep 'policy drop'; }

turns firewall 'systemctl stop nftables.service' 'systemctl start nftables.service' warn 'no rule drops'
turns firewall 'nft chain inet filter input "{ policy accept; }"' 'nft -f /etc/nftables.conf' warn 'no rule drops'
