# shellcheck shell=bash
# Icinga 2 with its API, watching two objects whose state is a file's.

tool_packages='icinga2-bin icinga2-common monitoring-plugins-basic curl'
tool_fleet='tags: [icinga]
params: {icinga_curl_config: /etc/lab.curl, icinga_url: "https://localhost:5665"}'

tool_setup() # ROOT HOST
{
	write "$1/etc/lab.curl" 0644 <<-'END'
		user = "look:lab-only"
		cacert = /etc/lab-ca.crt
	END
	write "$1/etc/icinga2/conf.d/api-users.conf" <<-'END'
		object ApiUser "look" {
		  password = "lab-only"
		  permissions = [ "status/query", "objects/query/Host", "objects/query/Service" ]
		}
	END
	write "$1/etc/icinga2/conf.d/hosts.conf" <<-'END'
		object CheckCommand "lab" { command = [ "/usr/bin/lab-check" ] }
		object Host "self" { check_command = "dummy"; check_interval = 2s; retry_interval = 2s }
		object Service "file" { host_name = "self"; check_command = "lab"; check_interval = 2s; retry_interval = 2s; max_check_attempts = 1 }
	END
	local name
	for name in services notifications downtimes groups users timeperiods; do
		: | write "$1/etc/icinga2/conf.d/$name.conf"
	done
	write "$1/usr/bin/lab-check" 0755 <<-'END'
		#!/bin/sh
		[ -e /srv/broken ] || { echo OK; exit 0; }
		echo 'CRITICAL - broken'; exit 2
	END
}

api() { curl -sf -k -u look:lab-only "https://127.0.0.1:5665/v1/$1"; }
says() { api objects/services?attrs=state | grep -q "\"state\":$1"; }

tool_ready()
{
	rm -f /etc/icinga2/conf.d/apt.conf
	icinga2 api setup --cn localhost
	cp /var/lib/icinga2/certs/ca.crt /etc/lab-ca.crt
	chmod 0644 /etc/lab-ca.crt
	systemctl restart icinga2
	until_true 60 says 0
}

turns icinga 'touch /srv/broken; until_true 60 says 2' 'rm /srv/broken; until_true 60 says 0' \
	crit 'self file: critical: CRITICAL - broken'
turns icinga 'systemctl stop icinga2' 'systemctl start icinga2; until_true 60 says 0' crit 'no answer'
turns icinga 'sed -i s/lab-only/other/ /etc/lab.curl' \
	'sed -i s/other/lab-only/ /etc/lab.curl' unknown 'not allowed'
