# shellcheck shell=bash
# Packages: updates that wait, and what still runs as it was before one. The host's only archive is
# one of its own, with a suite for security.

tool_packages='apt-utils dpkg-dev needrestart nginx-light'
tool_fleet='tags: [linux]
params: {updates_warn: 2}'

lab_deb() # ROOT NAME VERSION SUITE
{
	local dir=$1/srv/build/$2
	mkdir -p "$dir/DEBIAN" "$1/srv/archive/pool/$4"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: max <max@lab.example>\nDescription: %s\n' \
		"$2" "$3" "$2" >"$dir/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$dir" "$1/srv/archive/pool/$4/$2_$3_all.deb" >&2
}
lab_suite() # ROOT SUITE LABEL
{
	local dists=dists/$2
	mkdir -p "$1/srv/archive/$dists/main/binary-amd64"
	layer_chroot "$1" sh -ec "cd /srv/archive
		apt-ftparchive packages pool/$2 >$dists/main/binary-amd64/Packages
		apt-ftparchive -o APT::FTPArchive::Release::Origin=Debian -o APT::FTPArchive::Release::Label=$3 \
			-o APT::FTPArchive::Release::Suite=$2 -o APT::FTPArchive::Release::Codename=$2 \
			-o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 \
			release $dists >$dists/Release.new
		mv $dists/Release.new $dists/Release"
	echo "deb [trusted=yes] file:/srv/archive $2 main"
}

tool_image() # ROOT
{
	local name
	for name in one two; do
		lab_deb "$1" "lab-$name" 1.0 stable
		lab_deb "$1" "lab-$name" 1.1 stable
	done
	lab_deb "$1" lab-safe 1.0 stable
	lab_deb "$1" lab-safe 1.1 stable-security
	{
		lab_suite "$1" stable Debian
		lab_suite "$1" stable-security Debian-Security
	} >"$1/srv/sources"
	mv "$1/srv/sources" "$1/etc/apt/sources.list"
}

tool_setup() { systemctl -q --root="$1" enable nginx.service; } # ROOT HOST

tool_ready()
{
	apt-get -qq update
	apt-get -qy install lab-one lab-two lab-safe
	systemctl is-active nginx.service
}

older() { apt-get -qy --allow-downgrades install "${@/%/=1.0}"; }
newer() { apt-get -qy install "$@"; }

turns updates 'older lab-safe' 'newer lab-safe' warn '1 security update is.*lab-safe: security update'
turns updates 'older lab-one lab-two' 'newer lab-one lab-two' warn '2 .*updates are not installed'
turns updates 'find /var/lib/apt -exec touch -d "10 days ago" {} +' 'touch /var/lib/apt/lists; apt-get -qq update' \
	warn 'package lists are of'

# An update replaces a module that nginx has loaded.
replace_module()
{
	local module
	module=$(find /usr/lib/nginx/modules -name '*.so' | head -n 1)
	cp -p "$module" "$module.new"
	mv "$module.new" "$module"
}
turns restarts replace_module 'systemctl restart nginx.service' warn 'nginx'
turns restarts 'touch /run/reboot-required' 'rm /run/reboot-required' warn 'reboot'
