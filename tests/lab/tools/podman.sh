# shellcheck shell=bash
# Podman: a loop that only time shows, health, ends, and an image that its tag has left behind.

tool_packages='busybox-static'
tool_fleet='tags: [containers]
params: {containers: [web, queue]}'

image() # TAG TEXT
{
	local t a
	t=$(mktemp -d)
	mkdir "$t/bin" "$t/tmp"
	cp /bin/busybox "$t/bin/"
	for a in sh sleep test true; do ln -s busybox "$t/bin/$a"; done
	echo "$2" >"$t/version"
	tar -C "$t" -cf - . | podman import -q - "localhost/lab/busybox:$1"
	rm -r "$t"
}

tool_ready()
{
	image 1 1
	image next 2
	mkdir -p /srv/web
	touch /srv/web/ready
	podman run -d --name web --restart=always --stop-timeout=1 -v /srv/web:/srv \
		--health-cmd 'test -e /srv/ready' --health-interval=disable --health-retries=1 \
		localhost/lab/busybox:1 /bin/sleep 100000
	podman healthcheck run web
	queue /bin/sleep 100000
}

queue() # CMD...
{
	podman rm -f -t 0 queue >/dev/null 2>&1 || true
	podman run -d --name queue --restart=always --stop-timeout=1 localhost/lab/busybox:1 "$@"
}
ended() # TIMES: queue, in the last minutes
{
	[ "$(podman events --since 10m --stream=false --filter event=died --filter container=queue | wc -l)" -ge "$1" ]
}

turns containers 'queue /bin/sh -c "sleep 1; exit 3"; until_true 60 ended 4' 'queue /bin/sleep 100000' \
	crit 'queue: restart loop'
turns containers 'rm /srv/web/ready; podman healthcheck run web || true' \
	'touch /srv/web/ready; podman healthcheck run web' crit 'web: unhealthy'
turns containers 'podman stop -t 0 web' 'podman start web; podman healthcheck run web' crit 'must run, but does not: web'
turns containers 'podman run --name job localhost/lab/busybox:1 /bin/sh -c "exit 4" || true' 'podman rm job' \
	warn 'job: ended with status 4'
turns image-age 'podman tag localhost/lab/busybox:1 localhost/lab/busybox:keep
	podman tag localhost/lab/busybox:next localhost/lab/busybox:1' \
	'podman tag localhost/lab/busybox:keep localhost/lab/busybox:1' warn 'web: runs an older image than its tag'
