# shellcheck shell=bash
# Prometheus, Alertmanager, Nagios and the monitoring plugins look at one small service, which stops.

tool_packages='prometheus prometheus-alertmanager monitoring-plugins-basic nagios4-core curl python3'
tool_fleet='tags: [prometheus, alertmanager, nagios, plugins]
params:
  plugins:
    - {name: demo, plugin: check_tcp, args: [-H, 127.0.0.1, -p, "9000"]}'

tool_setup() # ROOT HOST
{
	mkdir -p "$1/srv/demo"
	echo 'demo_up 1' | write "$1/srv/demo/metrics"
	write "$1/etc/systemd/system/demo.service" <<-'END'
		[Service]
		WorkingDirectory=/srv/demo
		ExecStart=/usr/bin/python3 -m http.server 9000 --bind 127.0.0.1
		[Install]
		WantedBy=multi-user.target
	END
	write "$1/etc/prometheus/prometheus.yml" <<-'END'
		global: {scrape_interval: 2s, evaluation_interval: 1s}
		alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:9093"]}]}]}
		rule_files: [/etc/prometheus/lab-rules.yml]
		scrape_configs:
		  - {job_name: prometheus, scrape_interval: 20s, scrape_timeout: 15s, static_configs: [{targets: ["127.0.0.1:9090"]}]}
		  - {job_name: demo, static_configs: [{targets: ["127.0.0.1:9000"]}]}
	END
	write "$1/etc/prometheus/lab-rules.yml" <<-'END'
		groups:
		  - name: lab
		    rules:
		      - {alert: InstanceDown, expr: 'up{job="demo"} == 0', labels: {severity: critical}}
	END
	write "$1/etc/prometheus/alertmanager.yml" <<-'END'
		route: {receiver: none, group_wait: 1s}
		receivers: [{name: none}]
	END
	nagios_setup "$1"
	systemctl -q --root="$1" enable demo.service
}

nagios_setup() # ROOT
{
	write "$1/etc/nagios4/lab.cfg" <<-'END'
		log_file=/var/log/nagios4/lab.log
		cfg_file=/etc/nagios4/lab-objects.cfg
		object_cache_file=/var/lib/nagios4/objects.cache
		status_file=/var/lib/nagios4/status.dat
		check_result_path=/var/lib/nagios4/spool/checkresults
		command_file=/var/lib/nagios4/rw/nagios.cmd
		state_retention_file=/var/lib/nagios4/retention.dat
		lock_file=/run/nagios-lab.pid
		temp_file=/var/lib/nagios4/tmp
		status_update_interval=1
		interval_length=1
		check_for_updates=0
		nagios_user=nagios
		nagios_group=nagios
	END
	write "$1/etc/nagios4/lab-objects.cfg" <<-'END'
		define timeperiod{
		  timeperiod_name none
		  alias none
		}
		define command{
		  command_name fine
		  command_line /bin/echo fine
		}
		define command{
		  command_name demo
		  command_line /usr/lib/nagios/plugins/check_tcp -H 127.0.0.1 -p 9000
		}
		define contact{
		  contact_name none
		  host_notification_period none
		  service_notification_period none
		  host_notification_commands fine
		  service_notification_commands fine
		}
		define host{
		  host_name self
		  address 127.0.0.1
		  check_command fine
		  check_interval 2
		  max_check_attempts 1
		  contacts none
		}
		define service{
		  host_name self
		  service_description Demo
		  check_command demo
		  check_interval 2
		  retry_interval 2
		  max_check_attempts 1
		  contacts none
		}
	END
	write "$1/etc/systemd/system/nagios-lab.service" <<-'END'
		[Service]
		ExecStartPre=/usr/bin/install -d -o nagios -g nagios /var/lib/nagios4/rw /var/lib/nagios4/spool/checkresults /var/log/nagios4
		ExecStart=/usr/sbin/nagios4 /etc/nagios4/lab.cfg
		[Install]
		WantedBy=multi-user.target
	END
	rm -f "$1/etc/systemd/system/multi-user.target.wants/nagios4.service"
	systemctl -q --root="$1" enable nagios-lab.service
}

firing() { curl -sf http://127.0.0.1:9090/api/v1/alerts | grep -q '"firing"'; }
alerted() { curl -sf http://127.0.0.1:9093/api/v2/alerts | grep -q InstanceDown; }
scraped() { curl -sf http://127.0.0.1:9090/api/v1/targets | grep -q '"lastScrape":"20.*"health":"up".*"health":"up"'; }
quiet() { curl -sf http://127.0.0.1:9093/api/v2/alerts | grep -qx '\[\]'; }
nagios_says() { sed -n '/^servicestatus/,$p' /var/lib/nagios4/status.dat | grep -q "current_state=$1"; }
nagios_checked() { sed -n '/^servicestatus/,$p' /var/lib/nagios4/status.dat | grep -q 'has_been_checked=1'; }
ready() { curl -sf http://127.0.0.1:9093/api/v2/status | grep -q '"status":"ready"'; }
fine() { ready && scraped && no firing && quiet && nagios_checked && nagios_says 0; }

tool_ready() { until_true 90 fine; }

stop_demo()
{
	systemctl stop demo.service
	until_true 60 firing
	until_true 60 alerted
	until_true 60 nagios_says 2
}
start_demo()
{
	systemctl start demo.service
	until_true 120 fine
}

turns monitoring-plugins 'systemctl stop demo' start_demo crit 'demo: .*[Cc]onnect'
turns nagios stop_demo start_demo crit 'self Demo: critical'
turns prometheus stop_demo start_demo crit 'InstanceDown 127.0.0.1:9000: firing.*target demo'
turns prometheus 'systemctl stop prometheus' 'systemctl start prometheus; until_true 90 fine' \
	crit 'no answer'
turns alertmanager stop_demo start_demo crit 'InstanceDown 127.0.0.1:9000: active, critical'
turns alertmanager 'systemctl stop prometheus-alertmanager' \
	'systemctl start prometheus-alertmanager; until_true 90 fine' crit 'no answer'
