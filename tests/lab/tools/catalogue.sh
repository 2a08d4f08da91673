# shellcheck shell=bash
# The whole catalogue, on a host that has next to nothing of it and is said to have everything, on a
# plain one, and on one with containers and backups. What is not there is unknown and says so; what is
# there is well; and the first sweep of them all is not cut short.

tool_catalogue=whole
tool_hosts='bare plain store'
quiet='load_warn: 1000, load_crit: 1000, pressure_cpu_warn: 101, pressure_memory_warn: 101, pressure_io_warn: 101'
tool_fleet="tags: $(catalogue_tags)
params:
  $(tr -s ', ' '\n' <<<"$quiet" | paste -sd' \n' | sed '2,$s/^/  /')
  borg_repo: /srv/none
  compose_dir: /srv/none
  harbor_url: http://127.0.0.1:9
  pbs_password_file: /etc/none
  pbs_repository: none
  prtg_url: http://127.0.0.1:9
  registry_debug_url: http://127.0.0.1:9
  restic_password_file: /etc/none
  restic_repo: /srv/none
  unifi_url: http://127.0.0.1:9"
tool_fleet_plain="tags: [linux]
params: {$quiet}"
tool_fleet_store="tags: [linux, containers, restic]
params: {$quiet, containers: [web, queue], restic_repo: /srv/restic, restic_password_file: /etc/restic/password}"

tool_setup() # ROOT HOST
{
	[ "$2" != store ] || role_store "$2" "$1"
}

# Whoever has these tags has these on every Debian; the base image brings corosync, which is not set up.
here_too='block-devices|cron|disk|load|logins|memory|mounts|path-modes|ports|pressure|reachable|restarts|services|sshd|ssh-failures|sudo-failures|sudoers|suid|timers|updates'
words='command not found|No such file|nothing that this check looks at|no parameter|cannot be asked|is not there|does not exist|error 2|there is no |no [a-z ]* (is|on|below|of)|neither .* nor '

# wrong WHAT CMD...: a line that CMD prints must not be there
wrong()
{
	local what=$1
	shift
	! "$@" | sed "s/^/FAIL catalogue: $what: /" | cut -c1-300 | grep .
}
odd() { grep "^$2 " "$lab/found.$1" | grep -vE "$3"; } # HOST STATE PATTERN
cut_short() { grep -iE 'time limit|cut short|deadline' "$lab"/found.*; }
few() { [ "$(wc -l <"$lab/found.$1")" -ge "$2" ] || echo "$1 has fewer than $2 findings"; } # HOST COUNT

tool_judge()
{
	local h rc=0
	for h in bare plain store; do findings "$h" >"$lab/found.$h"; done
	wrong 'not all were asked' few bare 100 || rc=1
	wrong 'not all were asked' few plain 20 || rc=1
	wrong 'cut short' cut_short || rc=1
	wrong 'crit, where nothing is' odd bare crit '^crit (quorum|qnetd|prtg) ' || rc=1
	wrong 'ok, where nothing is' odd bare ok "^ok ($here_too) " || rc=1
	wrong 'unknown, and does not say why' odd bare unknown "$words" || rc=1
	for h in plain store; do
		wrong "$h is not well" grep -vE '^ok |^warn (firewall|sudo-rights) ' "$lab/found.$h" || rc=1
	done
	[ $rc != 0 ] || printf 'the whole catalogue: %s\n' "$(cut -d' ' -f1 "$lab"/found.* | sort | uniq -c | paste -sd, | tr -s ' ')"
	return $rc
}

turns services 'systemd-run -q --unit=hand false; until_true 10 systemctl is-failed hand' \
	'systemctl reset-failed hand' crit 'hand.service: failed' host=bare
