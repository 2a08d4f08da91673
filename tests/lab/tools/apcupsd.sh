# shellcheck shell=bash
# apcupsd over a line to something that speaks APC's serial protocol: what it says is in /run/ups, a file for
# each question. Nothing here shuts the host down.

tool_packages='apcupsd python3'
tool_fleet='tags: [apcupsd]'

tool_setup() # ROOT HOST
{
	write "$1/etc/apcupsd/apcupsd.conf" <<-'END'
		## apcupsd.conf v1.1 ##
		UPSNAME rack
		UPSCABLE smart
		UPSTYPE apcsmart
		DEVICE /run/ups/line
		LOCKFILE /run/lock
		POLLTIME 1
		ONBATTERYDELAY 1
		BATTERYLEVEL -1
		MINUTES -1
		TIMEOUT 0
		NETSERVER on
		NISIP 127.0.0.1
		NISPORT 3551
	END
	write "$1/etc/default/apcupsd" <<<'ISCONFIGURED=yes'
	write "$1/etc/apcupsd/apccontrol" 0755 <<<$'#!/bin/sh\nexit 0'
	write "$1/usr/local/sbin/fake-ups" 0755 <<-'END'
		#!/usr/bin/python3
		import os, tty
		side, line = os.openpty()
		tty.setraw(side)
		tty.setraw(line)
		os.symlink(os.ttyname(line), "/run/ups/line")
		while True:
		    for letter in os.read(side, 64).decode("latin-1"):
		        if os.path.exists("/run/ups/mute"):
		            continue
		        try:
		            with open("/run/ups/%02x" % ord(letter)) as f:
		                os.write(side, f.read().strip().encode() + b"\r\n")
		        except FileNotFoundError:
		            os.write(side, b"NA\r\n")
	END
	write "$1/etc/systemd/system/fake-ups.service" <<-'END'
		[Unit]
		Before=apcupsd.service
		[Service]
		RuntimeDirectory=ups
		ExecStartPre=/bin/sh -c 'cd /run/ups; say() { printf %%s "$2" >$(printf %%s "$1" | od -An -tx1 | tr -d " "); }; \
			say Y SM; say Q 08; say a 3.1.QBCFLNMOPSVXYabcfghjklmnopqrsuxyz; say b 50.9.I; say n LAB0001; say c rack; \
			say f 100.0; say j 0031:; say P 023.0; say L 230.4; say B 27.10; say C 024.5; say G O; say X OK; \
			printf "Line 1500" >01'
		ExecStart=/usr/local/sbin/fake-ups
		[Install]
		WantedBy=multi-user.target
	END
	systemctl -q --root="$1" enable fake-ups.service apcupsd.service
}

says() { apcaccess status | grep -Eq "^$1 *: *$2"; } # NAME PATTERN
tell() # LETTER TEXT NAME PATTERN: the UPS answers TEXT, and apcupsd has heard it
{
	printf %s "$2" >"/run/ups/$(printf %s "$1" | od -An -tx1 | tr -d ' ')"
	until_true 60 says "$3" "$4"
}
tool_ready() { until_true 60 says STATUS 'ONLINE *$'; }

turns apcupsd 'tell Q 10 STATUS ONBATT' 'tell Q 08 STATUS "ONLINE *$"' crit 'on battery'
turns apcupsd 'tell f 021.0 BCHARGE 21' 'tell f 100.0 BCHARGE 100' warn 'charged less than 30 %'
turns apcupsd 'tell j 0001: TIMELEFT 1' 'tell j 0031: TIMELEFT 31' warn 'would last less than 2 min'
turns apcupsd 'tell P 093.0 LOADPCT 93' 'tell P 023.0 LOADPCT 23' warn 'load at or over 80 %'

pull_cable()
{
	touch /run/ups/mute
	until_true 120 says STATUS '.*COMMLOST'
}
plug_cable()
{
	rm /run/ups/mute
	until_true 120 says STATUS 'ONLINE *$'
}
turns apcupsd pull_cable plug_cable crit 'communication with the UPS is lost'

stop_daemon()
{
	systemctl stop apcupsd.service
	until_true 20 no apcaccess status
}
start_daemon()
{
	systemctl start apcupsd.service
	until_true 60 says STATUS 'ONLINE *$'
}
turns apcupsd stop_daemon start_daemon crit 'apcupsd does not answer'
