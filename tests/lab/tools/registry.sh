# shellcheck shell=bash
# A container registry with its debug address and a health check of its own.

tool_packages='docker-registry curl'
tool_fleet='tags: [registry]
params: {registry_debug_url: "http://127.0.0.1:5001"}'

tool_setup() # ROOT HOST
{
	write "$1/etc/docker/registry/config.yml" <<-'END'
		version: 0.1
		storage:
		  filesystem: {rootdirectory: /var/lib/docker-registry}
		http:
		  addr: 127.0.0.1:5000
		  debug: {addr: 127.0.0.1:5001}
		health:
		  file:
		    - {file: /run/registry-down, interval: 1s}
	END
	systemctl -q --root="$1" enable docker-registry.service
}

answers() # CODE URL
{
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$2")" = "$1" ]
}

tool_ready()
{
	until_true 30 answers 200 http://127.0.0.1:5000/v2/
}

fail_health()
{
	touch /run/registry-down
	until_true 30 answers 503 http://127.0.0.1:5000/v2/
}
pass_health()
{
	rm /run/registry-down
	until_true 30 answers 200 http://127.0.0.1:5000/v2/
}

turns registry fail_health pass_health crit 'unavailable \(503\).*registry-down' sweeps=2
turns registry 'systemctl stop docker-registry.service' \
	'systemctl start docker-registry.service; until_true 30 answers 200 http://127.0.0.1:5000/v2/' \
	crit 'nothing listens' sweeps=2
