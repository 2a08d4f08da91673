# shellcheck shell=bash
# Suricata listens on loopback with one rule of its own. Debian 12 has no package of it.

tool_suite=trixie
tool_packages='suricata curl python3'
tool_fleet='tags: [suricata]
params: {suricata_silence: 60}'

tool_setup() # ROOT HOST
{
	mkdir -p "$1/srv/demo"
	echo fine | write "$1/srv/demo/page"
	echo bad | write "$1/srv/demo/intruder"
	write "$1/etc/suricata/lab.rules" <<-'END'
		alert tcp any any -> any 9000 (msg:"LAB intruder"; content:"GET /intruder"; sid:1000001; rev:1; priority:1;)
	END
	write "$1/etc/systemd/system/suricata.service.d/lab.conf" <<-'END'
		[Service]
		Type=simple
		PIDFile=
		ExecStartPre=
		ExecStart=
		ExecStart=/usr/bin/suricata -c /etc/suricata/suricata.yaml -S /etc/suricata/lab.rules --af-packet=lo --set stats.interval=2 --set unix-command.enabled=yes
	END
	write "$1/etc/systemd/system/demo.service" <<-'END'
		[Service]
		WorkingDirectory=/srv/demo
		ExecStart=/usr/bin/python3 -m http.server 9000 --bind 127.0.0.1
		[Install]
		WantedBy=multi-user.target
	END
	systemctl -q --root="$1" enable demo.service suricata.service
}

written() { tail -n 3 /var/log/suricata/eve.json | grep -q '"kernel_packets":[1-9]'; }
page() { curl -sf "http://127.0.0.1:9000/$1"; }
told() { grep -q '"signature":"LAB intruder"' /var/log/suricata/eve.json; }
looks() { page page && written; }

tool_ready() { until_true 120 looks; }

turns suricata 'page intruder; until_true 60 told' \
	'sed -i /intruder/d /var/log/suricata/eve.json; systemctl restart suricata; until_true 120 looks' \
	crit 'LAB intruder: severity 1'
turns suricata 'systemctl stop suricata' 'systemctl start suricata; until_true 120 looks' \
	crit 'suricata.service is inactive'
