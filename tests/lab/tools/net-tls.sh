# shellcheck shell=bash
# Certificates in files and on the wire, STARTTLS, a health endpoint.

tool_packages='nginx-light openssl vsftpd curl ca-certificates'
tool_bastion_packages='openssl'
# The lab's own authority is made once; it lies here, where the endpoints are asked from, and on the host.
site=$images/net-tls
tool_fleet="tags: [tls, http]
params:
  tls_files:
  - {name: /etc/site/site.pem, host: www.lab.example, ca: /etc/site/ca.pem}
  tls_root_files: [/etc/site/private/site.pem]
  tls_endpoints:
  - {name: www, host: '@net-tls@', servername: www.lab.example, ca: $site/ca.pem}
  - {name: ftp, host: '@net-tls@', port: 21, servername: www.lab.example, starttls: ftp, ca: $site/ca.pem}
  http:
  - {name: health, url: https://www.lab.example/health, config: /etc/site/curl, path: status, equals: pass}"

authority() # DIR
{
	mkdir -p "$1/ca"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/ca.key" -out "$1/ca.pem" \
		-subj '/CN=Lab authority' -days 3650
	cat >"$1/ca.cnf" <<-END
		[ca]
		default_ca = lab
		[lab]
		dir = /etc/site
		database = /etc/site/ca/index
		serial = /etc/site/ca/serial
		new_certs_dir = /etc/site/ca
		certificate = /etc/site/ca.pem
		private_key = /etc/site/ca.key
		default_md = sha256
		policy = any
		copy_extensions = copy
		unique_subject = no
		[any]
		commonName = supplied
	END
	: >"$1/ca/index"
	echo 01 >"$1/ca/serial"
}

tool_setup() # ROOT HOST
{
	[ -s "$site/ca/serial" ] || authority "$site" 2>/dev/null
	cp -r "$site" "$1/etc/site"
	printf 'cacert = /etc/site/ca.pem\nresolve = www.lab.example:443:127.0.0.1\n' | write "$1/etc/site/curl"
	echo '{"status":"pass"}' | write "$1/var/www/html/health"
	write "$1/etc/nginx/sites-available/default" <<-'END'
		server {
			listen 443 ssl;
			ssl_certificate /etc/site/site.pem;
			ssl_certificate_key /etc/site/site.key;
			root /var/www/html;
		}
	END
	write "$1/etc/vsftpd.conf" <<-'END'
		listen=YES
		ssl_enable=YES
		rsa_cert_file=/etc/site/site.pem
		rsa_private_key_file=/etc/site/site.key
		seccomp_sandbox=NO
	END
	# They start with their certificate.
	systemctl -q --root="$1" disable nginx.service vsftpd.service
}

tool_ready()
{
	mkdir -p /etc/site/private /var/run/vsftpd/empty
	chmod 0700 /etc/site/private
	certificate 400
	cp /etc/site/site.pem /etc/site/private/site.pem
	until_true 20 shows_own
}

# ---- certificates

# certificate DAYS [NAME [FROM]]: the site's, from FROM days ago until in DAYS days, and the services
# have loaded it
certificate()
{
	local name=${2:-www.lab.example} from=${3:-1}
	openssl req -newkey rsa:2048 -nodes -keyout /etc/site/site.key -out /etc/site/site.csr \
		-subj "/CN=$name" -addext "subjectAltName=DNS:$name"
	openssl ca -config /etc/site/ca.cnf -batch -notext -in /etc/site/site.csr -out /etc/site/site.pem \
		-startdate "$(date -u -d "-$from days" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$1 days" +%Y%m%d%H%M%SZ)"
	loaded
}
self_signed()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout /etc/site/site.key -out /etc/site/site.pem \
		-subj /CN=www.lab.example -addext subjectAltName=DNS:www.lab.example -days 400
	loaded
}
loaded()
{
	systemctl restart nginx vsftpd
	until_true 20 shows_own
}
shows_own()
{
	[ "$(openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint)" = \
		"$(openssl x509 -in /etc/site/site.pem -noout -fingerprint)" ]
}

turns tls-files 'certificate -1 www.lab.example 90' 'certificate 400' crit 'site.pem: expired on'
turns tls-files 'certificate 20' 'certificate 400' warn 'site.pem: expires on'
turns tls-files 'certificate 3' 'certificate 400' crit 'site.pem: expires on'
turns tls-files 'certificate 400 other.lab.example' 'certificate 400' crit 'is not for www.lab.example'
turns tls-files self_signed 'certificate 400' warn 'site.pem chain: self'
turns tls-files 'mv /etc/site/site.pem /etc/site/old.pem' 'mv /etc/site/old.pem /etc/site/site.pem' unknown 'there is no such file'
turns tls-files 'chmod 0700 /etc/site' 'chmod 0755 /etc/site' unknown 'may not be read here'

turns tls-endpoints 'certificate -1 www.lab.example 90' 'certificate 400' crit 'www: certificate expired.*ftp: certificate expired'
turns tls-endpoints 'certificate 20' 'certificate 400' warn 'www: certificate expires'
turns tls-endpoints 'certificate 400 other.lab.example' 'certificate 400' crit 'certificate is for other.lab.example'
turns tls-endpoints self_signed 'certificate 400' crit 'www: self-signed certificate'
turns tls-endpoints 'systemctl stop nginx' 'systemctl start nginx; until_true 10 shows_own' crit 'www: nothing listens'
plain_http() { sed -i 's/443 ssl/443/' /etc/nginx/sites-available/default; systemctl restart nginx; }
tls_again() { sed -i 's/listen 443;/listen 443 ssl;/' /etc/nginx/sites-available/default; loaded; }
turns tls-endpoints plain_http tls_again crit 'www: does not speak TLS'
turns tls-endpoints 'sed -i s/ssl_enable=YES/ssl_enable=NO/ /etc/vsftpd.conf; systemctl restart vsftpd' \
	'sed -i s/ssl_enable=NO/ssl_enable=YES/ /etc/vsftpd.conf; systemctl restart vsftpd' crit 'ftp: '

turns http 'rm /var/www/html/health' 'echo "{\"status\":\"pass\"}" >/var/www/html/health' crit 'health: answers HTTP 404'
turns http 'echo "{\"status\":\"fail\"}" >/var/www/html/health' 'echo "{\"status\":\"pass\"}" >/var/www/html/health' crit 'status is "fail", not "pass"'
turns http 'certificate 20' 'certificate 400' warn 'health: certificate expires'
turns http 'certificate -1 www.lab.example 90' 'certificate 400' crit 'certificate has expired'
turns http 'systemctl stop nginx' 'systemctl start nginx; until_true 10 shows_own' crit 'health: no answer'
