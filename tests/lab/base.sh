# shellcheck shell=bash
# The base image that every lab host is an overlay over. Sourced by ./lab.
# The image's name carries a hash of its recipe: edit that and a new image is made.

base_packages() # SUITE
{
	printf '%s\n' dbus openssh-server openssh-client sudo cron iproute2 procps iputils-ping \
		acl less tmux git ncurses-term ca-certificates \
		corosync corosync-qdevice corosync-qnetd \
		podman crun busybox-static restic nginx-light sqlite3 \
		libyaml-0-2 libsqlite3-0 libpcre2-8-0 libjansson4 libmd4c0 libseccomp2 libexpat1 libncursesw6
	case $1 in
	bookworm) printf '%s\n' libgit2-1.5 libssh2-1 libcurl4 libssl3 ;;
	*) printf '%s\n' libgit2-1.9 libssh2-1t64 libcurl4t64 libssl3t64 sudo-rs ;;
	esac
}

# Services of one role or another. Each host switches on its own.
base_role_services=(corosync.service corosync-qdevice.service corosync-qnetd.service
	nginx.service podman.service podman.socket podman-auto-update.service
	podman-auto-update.timer podman-restart.service)

# What a container has no use for, or what would make two runs differ.
base_masked=(apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer
	dpkg-db-backup.timer systemd-resolved.service systemd-timesyncd.service
	console-getty.service getty.target systemd-networkd-wait-online.service
	systemd-modules-load.service)

base_hash()
{
	{
		declare -f base_packages base_install base_configure
		declare -p base_role_services base_masked
	} | sha256sum | cut -c1-10
}
base_name() { echo "base-$suite-$(base_hash)"; }

# First repository address of LABEL among the machine's own apt sources.
apt_uri() # LABEL
{
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Identifier: Packages' |
		awk -F'|' -v l="$1" '$1 == "Debian" && $2 == l { print $3; exit }'
}

base_make()
{
	local name dir new mirror security proxy
	name=$(base_name) dir=$lab/$name new=$dir.new
	if [ -d "$dir" ]; then
		touch "$dir"
		return 0
	fi
	mirror=${OPSDECK_LAB_MIRROR:-$(apt_uri Debian)}
	[ -n "$mirror" ] ||
		skip "no Debian mirror in this machine's apt sources (OPSDECK_LAB_MIRROR names one)"
	security=$(apt_uri Debian-Security)
	proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
	[ -n "$proxy" ] && export http_proxy=${http_proxy:-$proxy}

	say "making $name (once; some minutes)"
	rm -rf --one-file-system "$new"
	mkdir -p "$new"
	debootstrap --variant=minbase --include=systemd,systemd-sysv,ca-certificates \
		"$suite" "$new" "$mirror" >"$lab/$name.log" 2>&1 || base_failed "$name"
	{
		echo "deb $mirror $suite main"
		[ -z "$security" ] || echo "deb $security $suite-security main"
	} >"$new/etc/apt/sources.list"
	rm -f "$new/etc/resolv.conf"
	cp -L /etc/resolv.conf "$new/etc/resolv.conf"
	base_install "$new" >>"$lab/$name.log" 2>&1 || base_failed "$name"
	base_configure "$new" >>"$lab/$name.log" 2>&1 || base_failed "$name"
	rm "$lab/$name.log"
	mv -T "$new" "$dir"
	base_prune "$dir"
}

image_unused() # DIR: for a day, and below no host that is mounted
{
	[ -n "$(find "$1" -maxdepth 0 -mtime +0 2>/dev/null)" ] && ! grep -qE "lowerdir=([^,]*:)?$1[,:]" /proc/mounts
}

# Images of this suite that nobody used for a day: another work tree may have another recipe.
base_prune() # CURRENT
{
	local old
	for old in "$lab/base-$suite"-*; do
		[ "$old" = "$1" ] || ! image_unused "$old" || rm -rf --one-file-system "$old"
	done
}

base_failed() # NAME
{
	tail -n 15 "$lab/$1.log" >&2
	die "$1 could not be made; all of it in $lab/$1.log"
}

base_install() # ROOT
{
	local root=$1 packages
	mapfile -t packages < <(base_packages "$suite")
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	local run=(env -u TMPDIR DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
		PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root")
	"${run[@]}" apt-get -qy update &&
		"${run[@]}" apt-get -qy -o Dpkg::Options::=--force-unsafe-io \
			--no-install-recommends install "${packages[@]}" &&
		"${run[@]}" apt-get clean || return
	rm -rf "$root"/var/lib/apt/lists/* "$root/usr/sbin/policy-rc.d" "$root"/etc/ssh/ssh_host_*
	rm -f "$root/etc/resolv.conf"
}

base_configure() # ROOT
{
	local root=$1 user
	systemctl --root="$root" disable "${base_role_services[@]}" || return
	systemctl --root="$root" mask "${base_masked[@]}" || return
	systemctl --root="$root" enable systemd-networkd.service ssh.service cron.service || return
	write "$root/etc/systemd/system.conf.d/lab.conf" <<-'END'
		[Manager]
		DefaultTimeoutStopSec=5s
	END
	write "$root/etc/systemd/journald.conf.d/lab.conf" <<-'END'
		[Journal]
		Storage=volatile
		RuntimeMaxUse=16M
	END
	: >"$root/etc/machine-id"
	: >"$root/etc/fstab"

	# The uids are fixed so that keys can be put into a host before it boots.
	for user in opsdeck-look:901 opsdeck-apply:902 max:1000 luna:1002; do
		chroot "$root" /usr/sbin/useradd -m -s /bin/bash -u "${user#*:}" -U "${user%:*}" || return
	done
	write "$root/etc/sudoers.d/max" 0440 <<-'END'
		max ALL=(ALL:ALL) NOPASSWD: ALL
	END

	# podman inside nspawn: no keyring, no cgroup of its own, no overlay on overlay.
	write "$root/etc/containers/containers.conf" <<-'END'
		[containers]
		keyring = false
		cgroups = "disabled"
		netns = "host"
		log_driver = "k8s-file"

		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		runtime = "crun"
	END
	write "$root/etc/containers/storage.conf" <<-'END'
		[storage]
		driver = "vfs"
		graphroot = "/var/lib/containers/storage"
		runroot = "/run/containers/storage"
	END
}
