# shellcheck shell=bash
# Two resolvers, unbound and dnsmasq, and two name servers of one zone.

tool_packages='unbound dnsmasq nsd bind9-dnsutils'
tool_hosts='dns1 dns2'
tool_fleet='tags: [dns, dns-zones, unbound]
params:
  dns:
  - {name: first, server: 127.0.0.1, query: nas.lab.example}
  - {name: second, server: "@dns2@", query: nas.lab.example}
  - {name: absent, server: 127.0.0.1, query: gone.lab.example, status: NXDOMAIN}
  zones: [{name: zone.example, servers: "@dns1@ @dns2@", port: 5300}]
  zone_records: [{name: www, server: "@dns1@", port: 5300, query: www.zone.example, expect: [192.0.2.80]}]'
tool_fleet_dns2='tags: [dnsmasq]
params: {dnsmasq_forwards: [far.lab.example]}'

unbound_conf()
{
	cat <<-END
		server:
		  interface: 0.0.0.0
		  do-ip6: no
		  access-control: 0.0.0.0/0 allow
		  local-zone: "lab.example." static
		  local-data: "nas.lab.example. 60 IN A 192.0.2.10"
		  local-data: "far.lab.example. 60 IN A 192.0.2.30"
	END
}

dnsmasq_conf() # UPSTREAM
{
	printf '%s\n' no-resolv no-hosts cache-size=0 "server=$1" host-record=nas.lab.example,192.0.2.10
}

zone_text() # SERIAL
{
	cat <<-END
		\$ORIGIN zone.example.
		@ 60 IN SOA ns1 admin $1 3600 600 86400 60
		@ 60 IN NS ns1
		@ 60 IN NS ns2
		ns1 60 IN A 192.0.2.1
		ns2 60 IN A 192.0.2.2
		www 60 IN A 192.0.2.80
	END
}

nsd_conf() # ADDRESS
{
	printf 'server:\n  ip-address: %s@5300\n  zonesdir: /etc/nsd\nremote-control:\n  control-enable: yes\n  control-interface: /run/nsd/nsd.ctl\n' "$1"
	printf 'zone:\n  name: zone.example\n  zonefile: zone.example\n'
}

tool_setup() # ROOT HOST
{
	nsd_conf "$(host_addr "$2")" | write "$1/etc/nsd/nsd.conf"
	zone_text 2026112201 | write "$1/etc/nsd/zone.example"
	systemctl -q --root="$1" enable nsd.service
	if [ "$2" = dns1 ]; then
		# Debian's unbound.conf names an anchor for DNSSEC that is not installed here.
		write "$1/etc/unbound/unbound.conf.d/root-auto-trust-anchor-file.conf" <<<''
		unbound_conf | write "$1/etc/unbound/unbound.conf.d/lab.conf"
		systemctl -q --root="$1" disable dnsmasq.service
		systemctl -q --root="$1" enable unbound.service
	else
		dnsmasq_conf "$(host_addr dns1)" | write "$1/etc/dnsmasq.d/lab.conf"
		systemctl -q --root="$1" disable unbound.service
		systemctl -q --root="$1" enable dnsmasq.service
	fi
}

tool_ready() # HOST
{
	until_true 60 answers 127.0.0.1 192.0.2.10
	until_true 60 serves 2026112201
}

answers() { [ "$(dig "@$1" nas.lab.example +short +time=1 +tries=1)" = "$2" ]; } # SERVER DATA
status_is() { dig "@127.0.0.1" nas.lab.example +time=1 +tries=1 | grep "status: $1"; }
zone_ask() { dig "@$(hostname -I | cut -d' ' -f1)" -p 5300 "$@" +short; }
serves() { zone_ask zone.example SOA | grep " $1 "; } # SERIAL
www_is() { zone_ask www.zone.example A | grep "$1"; }

# ---- the resolvers' answers

dnsmasq_says() # ADDRESS
{
	sed -i "s/^host-record=.*/host-record=nas.lab.example,$1/" /etc/dnsmasq.d/lab.conf
	systemctl restart dnsmasq
	until_true 10 answers 127.0.0.1 "$1"
}
dnsmasq_up()
{
	systemctl start dnsmasq
	until_true 10 answers 127.0.0.1 192.0.2.10
}
unbound_up()
{
	systemctl restart unbound
	until_true 10 answers 127.0.0.1 192.0.2.10
}
unbound_refuses()
{
	sed -i 's/ allow$/ refuse/' /etc/unbound/unbound.conf.d/lab.conf
	printf 'server:\n  access-control: 127.0.0.0/8 refuse\n' >/etc/unbound/unbound.conf.d/zz.conf
	systemctl restart unbound
	until_true 10 status_is REFUSED
}
# Without its local zone it asks a server that is not there.
unbound_fails()
{
	sed -i '/local-/d' /etc/unbound/unbound.conf.d/lab.conf
	printf 'server:\n  do-not-query-localhost: no\n  module-config: iterator\nforward-zone:\n  name: "."\n  forward-addr: 127.0.0.9@9\n' >/etc/unbound/unbound.conf.d/zz.conf
	systemctl restart unbound
	until_true 20 status_is SERVFAIL
}
unbound_heals()
{
	rm -f /etc/unbound/unbound.conf.d/zz.conf
	unbound_conf >/etc/unbound/unbound.conf.d/lab.conf
	unbound_up
}

turns dns-resolvers 'on dns2 systemctl stop dnsmasq' 'on dns2 dnsmasq_up' crit 'second: no answer'
turns dns-resolvers 'on dns2 dnsmasq_says 192.0.2.99' 'on dns2 dnsmasq_says 192.0.2.10' warn 'nas.lab.example A differs'
turns dns-resolvers 'unbound-control local_data_remove nas.lab.example; until_true 5 status_is NXDOMAIN' \
	unbound_up crit 'first: answers NXDOMAIN'
turns dns-resolvers 'unbound-control local_data gone.lab.example. A 192.0.2.66' unbound_up crit 'absent: answers NOERROR'
turns dns-resolvers unbound_refuses unbound_heals crit 'first: answers REFUSED'
turns dns-resolvers unbound_fails unbound_heals crit 'first: answers SERVFAIL'

turns unbound 'systemctl stop unbound' unbound_up crit 'unbound is stopped'

# ---- dnsmasq

turns dnsmasq 'on dns2 systemctl stop dnsmasq' 'on dns2 dnsmasq_up' crit 'dnsmasq does not answer' host=dns2
turns dnsmasq 'on dns2 echo no-such-option >/etc/dnsmasq.d/zz.conf' 'on dns2 rm /etc/dnsmasq.d/zz.conf' \
	warn 'would not start again: .*bad option' host=dns2
turns dnsmasq 'here run_on dns1 unbound_refuses' 'here run_on dns1 unbound_heals' crit 'far.lab.example: asked of .*: (no answer|REFUSED)' host=dns2

# ---- the zone

zone_at() # SERIAL
{
	zone_text "$1" >/etc/nsd/zone.example
	nsd-control reload
	until_true 10 serves "$1"
}
zone_moved()
{
	sed -i 's/192.0.2.80/192.0.2.81/' /etc/nsd/zone.example
	nsd-control reload
	until_true 10 www_is 192.0.2.81
}
turns dns-zones 'zone_at 2026112202' 'zone_at 2026112201' warn 'serials differ'
turns dns-zones 'on dns2 systemctl stop nsd' 'on dns2 systemctl start nsd; until_true 10 serves 2026112201' crit 'no answer'
turns dns-zones zone_moved 'zone_at 2026112201' crit 'www.zone.example A is 192.0.2.81, not 192.0.2.80'
