# shellcheck shell=bash
# Syncthing with a peer: two users of one host share a folder.

tool_packages='syncthing curl'
tool_fleet='tags: [syncthing]
params: {syncthing_curl: /etc/opsdeck/syncthing.curl, syncthing_folders: [docs]}'

tool_setup() # ROOT HOST
{
	chroot "$1" useradd -m main
	chroot "$1" useradd -m peer
}

api() # USER METHOD PATH [JSON]
{
	curl -sSf -K "/etc/opsdeck/$1.curl" -X "$2" ${4:+-d "$4"} "http://127.0.0.1:$(port "$1")/rest/$3"
}
port() # USER
{
	[ "$1" = main ] && echo 8384 || echo 8385
}
device() # USER
{
	api "$1" GET system/status | sed -n 's/.*"myID": "\(.*\)".*/\1/p'
}

# Keys and a configuration, then an address of its own and no network.
configure() # USER GUI-PORT LISTEN-PORT
{
	local config=/home/$1/.config/syncthing/config.xml
	runuser -l "$1" -c 'syncthing generate --no-default-folder' >/dev/null
	sed -i -e "s!<address>127.0.0.1:[0-9]*</address>!<address>127.0.0.1:$2</address>!" \
		-e "s!<listenAddress>default<!<listenAddress>tcp://127.0.0.1:$3<!" \
		-e 's!\(Announce\|relays\|nat\|crashReporting\)Enabled>true<!\1Enabled>false<!' "$config"
	mkdir -p /etc/opsdeck
	sed -n 's!.*<apikey>\(.*\)</apikey>.*!header = "X-API-Key: \1"!p' "$config" >"/etc/opsdeck/$1.curl"
	systemctl start "syncthing@$1.service"
	until_true 60 api "$1" GET system/ping
}

join() # USER OTHER OTHER-PORT
{
	local own other path=/home/$1/docs
	own=$(device "$1") other=$(device "$2")
	install -d -o "$1" -g "$1" "$path"
	api "$1" POST config/devices \
		"{\"deviceID\": \"$other\", \"name\": \"$2\", \"addresses\": [\"tcp://127.0.0.1:$3\"]}"
	api "$1" POST config/folders "{\"id\": \"docs\", \"label\": \"Documents\", \"path\": \"$path\",
		\"devices\": [{\"deviceID\": \"$own\"}, {\"deviceID\": \"$other\"}]}"
}

tool_ready()
{
	configure main 8384 22000
	configure peer 8385 22001
	install -o root -g opsdeck-look -m 0640 /etc/opsdeck/main.curl /etc/opsdeck/syncthing.curl
	join main peer 22001
	join peer main 22000
	until_true 60 folder_says '"state": "idle"'
	until_true 60 connected
}

folder_says() # WORDS
{
	api main GET 'db/status?folder=docs' | grep -q "$1"
}
connected()
{
	api main GET system/connections | grep -q '"connected": true'
}

path_gone()
{
	mv /home/main/docs /home/main/elsewhere
	api main POST 'db/scan?folder=docs' || true
	until_true 60 folder_says '"state": "error"'
}
path_back()
{
	mv /home/main/elsewhere /home/main/docs
	api main POST 'db/scan?folder=docs'
	until_true 60 folder_says '"state": "idle"'
}

paused() # true|false
{
	api main PATCH config/folders/docs "{\"paused\": $1}"
}

items_fail()
{
	chown root: /home/main/docs
	install -o peer -g peer -m 0644 /etc/hostname /home/peer/docs/new
	api peer POST 'db/scan?folder=docs'
	until_true 90 no folder_says '"pullErrors": 0'
}
items_come()
{
	chown main: /home/main/docs
	paused true
	paused false
	until_true 90 test -e /home/main/docs/new
	until_true 60 folder_says '"pullErrors": 0'
	until_true 60 folder_says '"state": "idle"'
}

turns syncthing path_gone path_back crit 'Documents: stopped'
turns syncthing items_fail items_come warn 'Documents: .*cannot be synchronised'
turns syncthing 'paused true' 'paused false; until_true 60 connected; until_true 60 folder_says "\"state\": \"idle\""' \
	warn 'Documents: paused'
turns syncthing 'systemctl stop syncthing@main.service' \
	'systemctl start syncthing@main.service; until_true 60 connected; until_true 60 folder_says "\"state\": \"idle\""' \
	crit 'nothing listens'
