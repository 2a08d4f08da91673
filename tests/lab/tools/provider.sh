# shellcheck shell=bash
# An OpenID Connect provider: glewlwyd with its oidc plugin.

tool_packages='glewlwyd sqlite3 openssl curl'
tool_fleet='tags: [oidc]
params:
  oidc:
    - name: home
      issuer: http://127.0.0.1:4593/api/oidc
      keys: http://127.0.0.1:4593/api/oidc/jwks'

tool_setup() # ROOT HOST
{
	systemctl -q --root="$1" mask glewlwyd.service
}

tool_ready()
{
	mkdir -p /srv/provider
	zcat /usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz | sqlite3 /srv/provider/db
	sed -e 's!^external_url=.*!external_url="http://127.0.0.1:4593"!' -e 's!^log_mode=.*!log_mode="console"!' \
		-e 's!^@include "/etc/glewlwyd/glewlwyd-db.conf"!database={type="sqlite3"\npath="/srv/provider/db"}!' \
		/etc/glewlwyd/glewlwyd.conf >/srv/provider/conf
	start_provider
	openssl genrsa -out /srv/provider/2048.pem 2048
	openssl genrsa -out /srv/provider/1024.pem 1024
	plugin POST '' http://127.0.0.1:4593/api/oidc 2048 true
	until_true 30 document issuer
}

start_provider()
{
	systemd-run -q --unit=provider glewlwyd -c /srv/provider/conf
	until_true 30 curl -sS http://127.0.0.1:4593/config
}

document() # WORDS
{
	curl -sSf http://127.0.0.1:4593/api/oidc/.well-known/openid-configuration | grep -q "$1"
}

pem() # FILE: as a JSON text holds it
{
	sed ':a; N; $!ba; s/\n/\\n/g' "$1"
}

# The administrator's password is the one that the package brings.
plugin() # METHOD PATH ISSUER BITS SHOW-KEYS
{
	local url=http://127.0.0.1:4593/api jar=/srv/provider/jar
	openssl rsa -in "/srv/provider/$4.pem" -pubout -out /srv/provider/public.pem
	curl -sSf -c $jar -d '{"username": "admin", "password": "password"}' \
		-H 'Content-Type: application/json' "$url/auth/"
	curl -sSf -b $jar -X "$1" -H 'Content-Type: application/json' -d @- "$url/mod/plugin/$2" <<-END
		{"module": "oidc", "name": "oidc", "display_name": "home", "enabled": true, "parameters": {
		"iss": "$3", "jwt-type": "rsa", "jwt-key-size": "256", "jwks-show": $5, "jwks-x5c": [],
		"key": "$(pem "/srv/provider/$4.pem")", "cert": "$(pem /srv/provider/public.pem)",
		"access-token-duration": 3600, "refresh-token-duration": 86400, "code-duration": 600,
		"refresh-token-rolling": true, "allow-non-oidc": false, "scope": [], "claims": [],
		"auth-type-token-enabled": false, "auth-type-id-token-enabled": true,
		"auth-type-code-enabled": true, "auth-type-none-enabled": false,
		"auth-type-password-enabled": false, "auth-type-client-enabled": false,
		"auth-type-refresh-enabled": true, "additional-parameters": [], "subject-type": "pairwise",
		"pkce-allowed": false, "introspection-revocation-allowed": false}}
	END
}

# A change of the plugin counts once it is loaded again.
now() # ISSUER BITS SHOW-KEYS
{
	plugin PUT oidc "$@"
	systemctl stop provider.service
	start_provider
	until_true 30 curl -sSf http://127.0.0.1:4593/api/oidc/.well-known/openid-configuration
}

well='now http://127.0.0.1:4593/api/oidc 2048 true'
turns oidc 'now http://id.home.example/api/oidc 2048 true' "$well" crit 'names itself' sweeps=2
turns oidc 'now http://127.0.0.1:4593/api/oidc 1024 true' "$well" warn 'fewer than 2048 bits' sweeps=2
turns oidc 'systemctl stop provider.service' 'start_provider' crit 'nothing listens' sweeps=2
