# shellcheck shell=bash
# Projects of docker compose, their files against the reference, and who may read their env files.

tool_suite=trixie
tool_packages='docker.io docker-cli docker-compose busybox-static'
# shellcheck disable=SC2034 # for host_start
nspawn_options=("${docker_options[@]}")
tool_fleet='tags: [compose, compose-files, containers]
params:
  compose_projects: [home]
  compose_dir: /srv/compose
  env_dir: /srv/compose'

tool_setup() # ROOT HOST
{
	docker_setup "$1"
	write "$1/etc/docker/daemon.json" <<<'{"storage-driver": "vfs"}'
	mkdir -p "$1/srv/compose/home"
	write "$1/srv/compose/home/compose.yaml" <<-'END'
		services:
		  app:
		    image: lab/busybox:1
		    network_mode: none
		    command: [/bin/sh, -c, 'test -e /srv/conf || exit 4; sleep 100000']
		    restart: always
		    volumes: [/srv/app:/srv]
		    stop_grace_period: 1s
		  db:
		    image: lab/busybox:1
		    network_mode: none
		    command: [/bin/sleep, '100000']
		    env_file: [.env]
		    volumes: [/srv/db:/srv]
		    stop_grace_period: 1s
		    healthcheck: {test: [CMD, /bin/test, -e, /srv/ready], interval: 1s, retries: 1}
	END
	write "$1/srv/compose/home/.env" 0600 <<<'DB_PASSWORD=lab-only'
	mkdir -p "$1/srv/app" "$1/srv/db"
	touch "$1/srv/app/conf" "$1/srv/db/ready"
}

tool_ready()
{
	local t a
	until_true 30 docker info
	t=$(mktemp -d)
	mkdir "$t/bin"
	cp /bin/busybox "$t/bin/"
	for a in sh sleep test; do ln -s busybox "$t/bin/$a"; done
	tar -C "$t" -cf - . | docker import - lab/busybox:1
	home up -d
	until_true 30 shows '\(healthy'
}

home() { (cd /srv/compose/home && docker compose "$@"); }
shows() { docker ps -a | grep -E "$1"; }

# ---- projects

app_fails()
{
	rm /srv/app/conf
	home restart app
	until_true 60 shows 'Restarting.* home-app-1'
}
app_works()
{
	touch /srv/app/conf
	home up -d --force-recreate app
	until_true 30 shows 'Up.* home-app-1'
}
turns compose app_fails app_works crit 'home: restarting' sweeps=3
turns compose 'rm /srv/db/ready; until_true 20 shows "unhealthy.* home-db-1"' \
	'touch /srv/db/ready; until_true 20 shows "\(healthy.* home-db-1"' crit 'home-db-1: running, unhealthy' sweeps=3
turns compose 'home stop' 'home start; until_true 20 shows "\(healthy.* home-db-1"' crit 'must run, but does not: home' sweeps=3

# ---- files

file=/srv/compose/home/compose.yaml
turns compose-files "sed -i 's/busybox:1/busybox:2/' $file" "sed -i 's/busybox:2/busybox:1/' $file" drift 'compose.yaml'
turns compose-files "cp -p $file /root/; sed -i 's/    env_file.*/    environment:\n      DB_PASSWORD: lab-only/' $file" \
	"cp -p /root/compose.yaml $file" crit 'everybody may read: services.db: DB_PASSWORD'
turns env-files 'chmod 0644 /srv/compose/home/.env' 'chmod 0600 /srv/compose/home/.env' crit 'everybody may read it'
turns env-files 'chgrp docker /srv/compose/home/.env; chmod 0640 /srv/compose/home/.env' \
	'chgrp root /srv/compose/home/.env; chmod 0600 /srv/compose/home/.env' warn 'the group may read it'
