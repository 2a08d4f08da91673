# shellcheck shell=bash
# Netdata with one alarm of its own, over a figure that a program sends it.

tool_packages='netdata curl'
tool_fleet='tags: [netdata]'

tool_setup() # ROOT HOST
{
	# Its only alarms are these: the machine's own load is nobody's fault here.
	write "$1/etc/netdata/netdata.conf" <<-'END'
		[global]
		  run as user = netdata
		  history = 600
		[web]
		  bind to = 127.0.0.1
		[directories]
		  stock health config = /etc/netdata/none
		[plugins]
		  proc = no
		  diskspace = no
		  cgroups = no
		  tc = no
		  idlejitter = no
		  apps = no
		  go.d = no
		  python.d = no
		  charts.d = no
		  node.d = no
		  slabinfo = no
		  perf = no
		  nfacct = no
		  ioping = no
		  fping = no
	END
	mkdir -p "$1/etc/netdata/none"
	write "$1/etc/netdata/health.d/lab.conf" <<-'END'
		template: lab_queue
		      on: statsd_lab.queue_gauge
		  lookup: max -2s unaligned
		   every: 1s
		    warn: $this > 50
		    crit: $this > 90
		    info: jobs that wait
	END
	systemctl -q --root="$1" enable netdata.service
}

ask() { curl -sS --max-time 5 "http://127.0.0.1:19999/api/v1/$1"; }
raised() { ask 'alarms?active' | grep -F '"status": "'"$1"'"'; } # STATUS
none() { ask 'alarms?active' | no grep -F '"status": "'; }
queue() # JOBS WAITED-FOR...: told again and again, as a program would
{
	local end=$((SECONDS + 60)) jobs=$1
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		echo "lab.queue:$jobs|g" >/dev/udp/127.0.0.1/8125
		sleep 0.5
	done
}
tool_ready()
{
	until_true 60 ask info
	queue 7 none
}

turns netdata 'queue 70 raised WARNING' 'queue 7 none' warn 'lab_queue'
turns netdata 'queue 95 raised CRITICAL' 'queue 7 none' crit 'lab_queue'
turns netdata 'systemctl stop netdata; until_true 20 no ask info' 'systemctl start netdata; until_true 60 ask info; queue 7 none' crit 'no answer'
