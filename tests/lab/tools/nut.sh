# shellcheck shell=bash
# A UPS of NUT's dummy driver. upsmon does not run here: it would end the host on a low battery.

tool_packages='nut-server nut-client'
tool_fleet='tags: [ups]
params: {ups: [rack]}'

tool_setup() # ROOT HOST
{
	write "$1/etc/nut/nut.conf" <<<'MODE=netserver'
	write "$1/etc/nut/ups.conf" <<-'END'
		[rack]
		driver = dummy-ups
		port = rack.dev
		mode = dummy-once
	END
	write "$1/etc/nut/upsd.conf" <<<'LISTEN 127.0.0.1 3493'
	write "$1/etc/nut/upsd.users" <<-'END'
		[lab]
		password = lab
		actions = SET
	END
	write "$1/etc/nut/rack.dev" <<-'END'
		ups.status: OL
		ups.model: Line 1500
		ups.load: 23
		battery.charge: 100
		battery.charge.low: 10
		battery.runtime: 1830
	END
	chmod 644 "$1"/etc/nut/*
	systemctl -q --root="$1" mask nut-monitor.service
}

says() { upsc rack "$1" 2>/dev/null | grep -qx "$2"; } # NAME VALUE
tell() # NAME VALUE
{
	upsrw -w -s "$1=$2" -u lab -p lab rack@localhost >/dev/null 2>&1 || true
	until_true 20 says "$1" "$2"
}
tool_ready() { until_true 60 says ups.status OL; }

turns ups 'tell ups.status "OB DISCHRG"' 'tell ups.status OL' crit 'rack: on battery'
turns ups 'tell ups.status "OB LB"' 'tell ups.status OL' crit 'battery low'
turns ups 'tell ups.status "OL RB"' 'tell ups.status "OL CHRG"' warn 'battery must be replaced'
turns ups 'tell battery.runtime 95' 'tell battery.runtime 1830' warn 'last less than 2 min'
turns ups 'tell ups.load 93' 'tell ups.load 23' warn 'load at or over 80 %'

unit() { systemctl list-units --all --plain --no-legend 'nut-driver*.service' | awk '/rack|nut-driver.service/ { print $1; exit }'; }
stop_driver()
{
	systemctl stop "$(unit)"
	until_true 60 no upsc rack ups.status
}
start_driver()
{
	systemctl start "$(unit)"
	until_true 60 says ups.status OL
}
turns ups stop_driver start_driver crit 'its driver has lost the UPS'

stop_server()
{
	systemctl stop nut-server.service
	until_true 20 no upsc rack
}
start_server()
{
	systemctl start nut-server.service
	until_true 60 says ups.status OL
}
turns ups stop_server start_server crit 'upsd does not answer'
