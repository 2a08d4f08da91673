# shellcheck shell=bash
# An onion service in a Tor network of its own: three authorities, a relay, and the tor of the host.

tool_packages='tor curl'
tool_fleet='tags: [tor]'

tool_setup() # ROOT HOST
{
	systemctl -q --root="$1" mask tor@default.service
}

# What all nodes share; $1 is the node's folder.
common()
{
	cat <<-END
		TestingTorNetwork 1
		DataDirectory $1
		Nickname $(basename "$1")
		Address 127.0.0.1
		AssumeReachable 1
		ShutdownWaitLength 0
		TestingDirAuthVoteExit *
		TestingDirAuthVoteHSDir *
		TestingDirAuthVoteGuard *
		TestingV3AuthInitialVotingInterval 20
		TestingV3AuthInitialVoteDelay 4
		TestingV3AuthInitialDistDelay 4
		V3AuthVotingInterval 20
		V3AuthVoteDelay 4
		V3AuthDistDelay 4
		V3AuthNIntervalsValid 2
	END
	cat /srv/tor/authorities
}

authority() # NUMBER: its keys, and how others name it
{
	local dir=/srv/tor/n$1 keys=/srv/tor/n$1/keys
	mkdir -p "$keys"
	echo lab | tor-gencert --create-identity-key -m 12 -a "127.0.0.1:700$1" --passphrase-fd 0 \
		-i "$keys/authority_identity_key" -s "$keys/authority_signing_key" \
		-c "$keys/authority_certificate"
	tor --quiet --Address 127.0.0.1 --list-fingerprint --orport "500$1" --datadirectory "$dir" \
		--dirserver "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff" >/dev/null || true
	echo "DirAuthority n$1 orport=500$1 no-v2" \
		"v3ident=$(sed -n 's/^fingerprint //p' "$keys/authority_certificate")" \
		"127.0.0.1:700$1 $(cut -d' ' -f2 "$dir/fingerprint")" >>/srv/tor/authorities
}

relay() # NUMBER [authority]
{
	local dir=/srv/tor/n$1
	mkdir -p "$dir"
	{
		common "$dir"
		printf '%s\n' "ORPort 127.0.0.1:500$1" 'SocksPort 0' 'ExitRelay 1' 'ExitPolicy accept *:*'
		[ $# -eq 1 ] || printf '%s\n' 'ContactInfo lab' 'AuthoritativeDirectory 1' \
			'V3AuthoritativeDirectory 1' "DirPort 127.0.0.1:700$1"
	} >"$dir/torrc"
	chown -R debian-tor: "$dir"
	chmod 0700 "$dir"
}

# All four, until there is a consensus of this run that names them: a tor that asks for one in vain
# waits longer each time.
network()
{
	local i
	touch /srv/tor/started
	for i in 1 2 3 4; do
		systemd-run -q --unit="tor-n$i" --uid=debian-tor tor -f "/srv/tor/n$i/torrc"
	done
	until_true 180 agreed
}
agreed()
{
	local now from
	now=$(curl -sS http://127.0.0.1:7001/tor/status-vote/current/consensus)
	from=$(sed -n 's/^valid-after //p' <<<"$now")
	[ -n "$from" ] && [ "$(date -ud "$from" +%s)" -ge "$(stat -c %Y /srv/tor/started)" ] &&
		[ "$(grep -c '^r n[1-4] ' <<<"$now")" = 4 ]
}

tool_ready()
{
	local i
	mkdir -p /srv/tor
	for i in 1 2 3; do authority "$i"; done
	for i in 1 2 3; do relay "$i" authority; done
	relay 4
	network
	{
		common /var/lib/tor
		printf '%s\n' 'MetricsPort 127.0.0.1:9035' 'MetricsPortPolicy accept 127.0.0.1' \
			'HiddenServiceDir /var/lib/tor/web' 'HiddenServicePort 80 127.0.0.1:80'
	} >/etc/tor/torrc
	systemctl -q unmask tor@default.service
	systemctl start tor@default.service
	until_true 180 introduced
}

introduced()
{
	curl -sS http://127.0.0.1:9035/metrics | grep -q '^tor_hs_intro_established_count{.* [1-9]'
}
not_introduced()
{
	curl -sS http://127.0.0.1:9035/metrics | grep -q '^tor_hs_intro_established_count{.* 0$'
}

# The relays of its circuits go, it stays.
no_network()
{
	systemctl stop tor-n1.service tor-n2.service tor-n3.service tor-n4.service
	systemctl restart tor@default.service
	until_true 60 not_introduced
}
network_again()
{
	network
	systemctl restart tor@default.service
	until_true 240 introduced
}

turns tor-onion no_network network_again crit 'no introduction circuit' sweeps=2
turns tor-onion 'systemctl stop tor@default.service' \
	'systemctl start tor@default.service; until_true 180 introduced' crit 'tor does not run' sweeps=2
