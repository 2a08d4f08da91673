# shellcheck shell=bash
# Docker as Debian has it: containers in every state, images older than their tag here and in a
# registry, and a swarm of one node.

tool_packages='docker.io docker-registry skopeo busybox-static'
# shellcheck disable=SC2034 # for host_start
nspawn_options=("${docker_options[@]}")
tool_fleet='tags: [containers, swarm]
params:
  containers: [web, queue]
  images: ["127.0.0.1:5000/lab/web:1"]'

tool_setup() # ROOT HOST
{
	docker_setup "$1"
	write "$1/etc/docker/daemon.json" <<<'{"storage-driver": "vfs"}'
	write "$1/etc/containers/registries.conf.d/lab.conf" <<-'END'
		[[registry]]
		location = "127.0.0.1:5000"
		insecure = true
	END
	# Debian's own asks for a password.
	write "$1/etc/docker/registry/config.yml" <<-'END'
		version: 0.1
		storage: {filesystem: {rootdirectory: /var/lib/docker-registry}}
		http: {addr: "127.0.0.1:5000"}
	END
}

image_tar() # FILE [TEXT]: busybox, and a file of TEXT
{
	local t a
	t=$(mktemp -d)
	mkdir "$t/bin" "$t/tmp"
	cp /bin/busybox "$t/bin/"
	for a in sh sleep test tail true; do ln -s busybox "$t/bin/$a"; done
	echo "${2:-}" >"$t/version"
	tar -C "$t" -cf "$1" .
	rm -r "$t"
}

tool_ready()
{
	until_true 30 docker info
	image_tar /root/one.tar 1
	image_tar /root/two.tar 2
	docker import /root/one.tar lab/busybox:1
	docker import /root/two.tar lab/busybox:next
	docker tag lab/busybox:1 127.0.0.1:5000/lab/web:1
	systemctl start docker-registry.service
	until_true 20 docker push 127.0.0.1:5000/lab/web:1
	mkdir /srv/web
	touch /srv/web/ready
	web_run
	queue_run 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done'
	docker swarm init --advertise-addr 127.0.0.1
	docker service create -d --name api --network host --no-resolve-image lab/busybox:1 /bin/sleep 100000
	until_true 60 service_is api 1/1
}

# ---- containers

shows() { docker ps -a | grep -E "$1"; }
web_run()
{
	docker run -d --network none --name web -v /srv/web:/srv --health-cmd 'test -e /srv/ready' \
		--health-interval 1s --health-retries 1 127.0.0.1:5000/lab/web:1 /bin/sleep 100000
	until_true 20 shows '\(healthy\).* web'
}
queue_run() # SCRIPT
{
	docker rm -f queue >/dev/null 2>&1 || true
	docker run -d --network none --name queue --restart always lab/busybox:1 /bin/sh -c "$1"
}
loop()
{
	queue_run 'sleep 1; exit 3'
	until_true 60 shows 'Restarting.* queue'
}
no_loop() { queue_run 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done'; }
extra() # NAME PATTERN ARGS...
{
	local name=$1 pattern=$2
	shift 2
	docker run -d --network none --name "$name" "$@"
	until_true 30 shows "$pattern.* $name"
}

turns containers 'rm /srv/web/ready; until_true 20 shows "unhealthy.* web"' \
	'touch /srv/web/ready; until_true 20 shows "\(healthy.* web"' crit 'web: unhealthy'
turns containers loop no_loop crit 'queue: restart loop' sweeps=20
turns containers 'docker stop -t 1 web' 'docker start web; until_true 20 shows "\(healthy.* web"' \
	crit 'must run, but does not: web'
turns containers 'extra job "Exited \(4" lab/busybox:1 /bin/sh -c "exit 4"' 'docker rm job' \
	warn 'job: ended with status 4'
turns containers 'extra idle "Up" lab/busybox:1 /bin/sleep 1000; docker pause idle' 'docker unpause idle; docker rm -f idle' \
	warn 'idle: paused'
turns containers 'docker create --network none --name never lab/busybox:1 /bin/true' 'docker rm never' \
	warn 'never: made, but never started'
turns containers 'systemctl stop docker.socket docker.service' \
	'systemctl start docker.socket docker.service; until_true 30 docker info; docker start web queue; until_true 20 shows "\(healthy.* web"' \
	unknown 'Cannot connect to the Docker daemon'

# ---- images

push() # IMAGE: to the registry, as the tag that web has here
{
	docker tag "$1" 127.0.0.1:5000/lab/web:1
	docker push 127.0.0.1:5000/lab/web:1
}
turns image-age 'docker tag lab/busybox:next lab/busybox:old; docker tag lab/busybox:1 lab/busybox:keep
	docker tag lab/busybox:next lab/busybox:1' \
	'docker tag lab/busybox:keep lab/busybox:1; docker rmi lab/busybox:keep' warn 'queue: runs an older image than its tag'
turns image-age 'push lab/busybox:next; push lab/busybox:1; skopeo copy --dest-tls-verify=false \
	docker-daemon:lab/busybox:next docker://127.0.0.1:5000/lab/web:1' \
	'push lab/busybox:1' warn 'the registry has a newer image'
turns image-age 'systemctl stop docker-registry.service' 'systemctl start docker-registry.service
	until_true 20 skopeo inspect --no-creds --no-tags docker://127.0.0.1:5000/lab/web:1' unknown 'the registry did not tell'

# ---- the swarm

service_is() { docker service ls | grep -E " $1 .* $2 "; }
task_is() { docker node ps --no-trunc | grep -E "$1.*$2"; }
turns swarm 'docker service create -d --name broken --network host --no-resolve-image --restart-delay 1s lab/busybox:1 /bin/nosuch
	until_true 60 task_is broken "no such file"' \
	'docker service rm broken; until_true 60 no task_is broken .' crit 'broken: 0/1: .*no such file' sweeps=3
turns swarm 'docker node update --availability drain "$(docker node ls -q)"' \
	'docker node update --availability active "$(docker node ls -q)"; until_true 60 service_is api 1/1' \
	warn 'Drain' sweeps=3
