# shellcheck shell=bash
# Repositories of restic and borg that grow old, lose a series or are damaged, and the record of drills.

tool_packages='restic borgbackup'
tool_fleet='tags: [restic, restic-check, borg, restore-drill]
params:
  restic_repo: /srv/restic
  restic_password_file: /etc/restic/password
  backup_hosts: [nas]
  borg_repo: /srv/borg
  borg_passcommand: /etc/borg/passphrase
  borg_series: [nas]'

tool_setup() # ROOT HOST
{
	mkdir -p "$1/etc/restic" "$1/etc/borg" "$1/srv/data" "$1/var/lib/opsdeck"
	write "$1/etc/restic/password" 0600 <<<lab-only
	write "$1/etc/borg/passphrase" 0700 <<-'END'
		#!/bin/sh
		echo lab-only
	END
	echo "$(date +%F) ok nas: one file, read" >"$1/var/lib/opsdeck/restore-drill"
}

tool_ready()
{
	date >/srv/data/notes
	repo init
	repo backup --host nas /srv/data
	vault init -e repokey /srv/borg
	vault create "$(archive nas)" /srv/data
	cp -a /srv/restic /root/restic
}

repo() { restic -q -r /srv/restic -p /etc/restic/password "$@"; }
vault() { BORG_PASSCOMMAND=/etc/borg/passphrase BORG_RELOCATED_REPO_ACCESS_IS_OK=yes borg "$@"; }
put_back() { rm -rf "/srv/$1" && cp -a "/root/$1" "/srv/$1"; }
archive() { echo "/srv/borg::$1-$(date -d "${2:-today}" +%F)"; }

# Snapshots that are three days old take the place of today's.
repo_old()
{
	repo backup --host nas --time "$(date -d '3 days ago' '+%F %T')" /srv/data
	repo forget --keep-last 0 "$(repo snapshots --json | python3 -c '
import json, sys
print(max(json.load(sys.stdin), key=lambda s: s["time"])["short_id"])')"
}
damage()
{
	local pack
	pack=$(find /srv/restic/data -type f | sort | head -n 1)
	chmod u+w "$pack"
	truncate -s 0 "$pack"
}
vault_old()
{
	vault create --timestamp "$(date -u -d '3 days ago' +%FT%T)" "$(archive nas '3 days ago')" /srv/data
	vault delete "$(archive nas)"
}

turns restic repo_old 'put_back restic' crit 'late: newest of'
turns restic 'repo backup --host web1 /srv/data; repo forget --host nas --keep-last 1 --keep-tag none
	repo forget "$(repo snapshots --host nas --json | python3 -c "import json, sys; print(json.load(sys.stdin)[0][\"short_id\"])")"' \
	'put_back restic' crit 'no snapshot of nas'
turns restic 'mv /srv/restic /srv/away' 'mv /srv/away /srv/restic' unknown 'unable to open config file'
turns restic 'echo wrong >/etc/restic/password' 'echo lab-only >/etc/restic/password' unknown 'wrong password'
turns restic-check damage 'put_back restic' crit 'the repository is damaged'
turns borg vault_old 'vault create "$(archive nas)" /srv/data' crit 'nas: late: newest of'
turns borg 'vault create "$(archive web1)" /srv/data; vault delete -a "nas-*" /srv/borg' \
	'vault create "$(archive nas)" /srv/data' crit 'no archive of nas'
turns borg 'printf "#!/bin/sh\necho wrong\n" >/etc/borg/passphrase' \
	'printf "#!/bin/sh\necho lab-only\n" >/etc/borg/passphrase' unknown 'is incorrect'
drills=/var/lib/opsdeck/restore-drill
turns restore-drill "mv $drills /root/drills" "mv /root/drills $drills" warn 'no restore drill is on record'
turns restore-drill "echo \"\$(date +%F) failed db1: dump does not load\" >>$drills" "sed -i '\$d' $drills" \
	crit 'failed: db1: dump does not load'
turns restore-drill "cp $drills /root/; echo '2020-01-01 ok nas' >$drills" "cp /root/restore-drill $drills" \
	warn 'more than 90 days ago'
