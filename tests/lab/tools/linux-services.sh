# shellcheck shell=bash
# Services that fail.
tool_packages='nginx-light'
tool_fleet='tags: [linux]
params: {services: [nginx]}'

tool_setup() # ROOT HOST
{
	systemctl -q --root="$1" enable nginx.service
}

break_nginx()
{
	echo 'broken on;' >/etc/nginx/conf.d/zz-broken.conf
	systemctl restart nginx.service || true
	until_true 30 systemctl is-failed nginx.service
}
heal_nginx()
{
	rm /etc/nginx/conf.d/zz-broken.conf
	systemctl reset-failed nginx.service
	systemctl restart nginx.service
}

turns services break_nginx heal_nginx crit nginx
turns services "systemctl mask --now nginx.service" "systemctl unmask nginx.service; systemctl start nginx.service" crit nginx
