# shellcheck shell=bash
# A tool host that is a virtual machine: a kernel of Debian and disks that are its alone. Sourced by
# ./tool_host where a description says tool_machine=vm; what is here takes the place of host.sh's. It has
# no systemd: sshd is the only service, for without KVM every instruction of a boot costs ten.

# The folders and files of the kernel's modules that are kept.
vm_modules='arch/x86/crypto block crypto lib net/core net/ipv4 net/ipv6 drivers/ata drivers/block drivers/md
	drivers/net/net_failover.ko drivers/net/virtio_net.ko drivers/net/wireguard drivers/nvme drivers/scsi
	drivers/virtio drivers/char/hw_random fs/ext4 fs/jbd2 fs/mbcache.ko'
vm_number=0

# ---- the layer

# Unpacked only: its scripts would make an initrd that is not wanted.
vm_kernel() # ROOT
{
	local root=$1 name modules keep
	name=$(layer_chroot "$root" apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
	layer_chroot "$root" sh -ec "cd /tmp; apt-get -qq -o APT::Sandbox::User=root download '$name'; dpkg-deb --fsys-tarfile ./linux-image-*.deb | tar -x --keep-directory-symlink -C /; rm linux-image-*.deb"
	modules=$(echo "$root"/lib/modules/*)
	mkdir "$modules/kept"
	for keep in $vm_modules; do
		[ ! -e "$modules/kernel/$keep" ] || (cd "$modules/kernel" && cp -al --parents "$keep" ../kept/)
	done
	rm -r "$modules/kernel"
	mv "$modules/kept" "$modules/kernel"
	chroot "$root" busybox depmod "${modules##*/}"
}

vm_disk() # ROOT IMAGE
{
	truncate -s 3G "$2"
	mke2fs -q -t ext4 -O ^has_journal -d "$1" "$2"
}

# ---- the start

vm_accel() # with the processor's own help where there is any
{
	if [ -w /dev/kvm ] && { [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; }; then
		echo kvm
	else
		echo tcg
	fi
}

# The first program of the machine: modules, the disk, what was written into the host's overlay.
vm_init()
{
	cat <<-'END'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		mount -t devtmpfs dev /dev
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		for m in virtio_pci virtio_blk virtio_net ext4 crc32c_generic; do modprobe $m; done
		mount -t ext4 /dev/vda /disk
		cp -a /files/. /disk/
		mount --move /dev /disk/dev
		umount /proc /sys
		exec switch_root /disk /sbin/vm-init
	END
}
# The second, on the disk.
vm_second() # ADDRESS
{
	cat <<-END
		#!/bin/sh
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		mount -t tmpfs -o mode=755 run /run
		mount -t tmpfs tmp /tmp
		mkdir -p /dev/pts /dev/shm /run/sshd /run/lock
		mount -t devpts devpts /dev/pts
		hostname -F /etc/hostname
		busybox syslogd
		ip link set lo up
		ip link set eth0 up
		ip address add $1/24 dev eth0
		for m in $vm_load; do busybox modprobe \$m; done
		/usr/sbin/sshd
		while :; do sleep 1000; done
	END
}

vm_initrd() # HOST
{
	local d own modules
	d=$(host_dir "$1") own=$d/own
	modules=$(cd "$d/root" && echo lib/modules/*)
	mkdir -p "$own"/{bin,dev,proc,sys,disk,lib/modules}
	cp -a "$d/upper" "$own/files"
	find "$own/files" -type c -delete
	vm_second "$(host_addr "$1")" | write "$own/files/usr/sbin/vm-init" 0755
	vm_init | write "$own/init" 0755
	cp "$d/root/bin/busybox" "$own/bin/"
	cp -a "$d/root/$modules" "$own/lib/modules/"
	(cd "$own" && find . | cpio -o -H newc --quiet) >"$d/initrd"
	rm -r "$own"
}

host_start() # HOST
{
	local h=$1 d groups
	host_pid "$h" >/dev/null && return 0
	host_prepare "$h"
	d=$(host_dir "$h")
	vm_initrd "$h"
	# shellcheck disable=SC2016 # for QEMU, which gives the interface
	printf '#!/bin/sh\nip link set "$1" master %s up\n' "$bridge" | write "$d/cable" 0755
	vm_options=() vm_number=$((vm_number + 1))
	! declare -F tool_vm >/dev/null || tool_vm "$d"
	mapfile -t groups < <(host_cgroups "$h")
	mkdir -p "${groups[@]}"
	# shellcheck disable=SC2016 # expanded by the shell that moves itself
	setsid bash -c 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done
		shift; exec "$@"' lab "${groups[@]}" -- \
		qemu-system-x86_64 -name "$bridge-$h" -machine q35 -accel "$(vm_accel)" -m 512 \
		-nodefaults -no-user-config -display none -serial stdio -monitor none -qmp "unix:$d/monitor,server=on,wait=off" \
		-kernel "$(echo "$d"/root/boot/vmlinuz-*)" -initrd "$d/initrd" \
		-append 'console=ttyS0 quiet net.ifnames=0 mitigations=off' \
		-drive "if=virtio,file=$layer.disk,format=raw,snapshot=on,cache=unsafe" \
		-netdev "tap,id=cable,ifname=$bridge-$vm_number,script=$d/cable,downscript=no" \
		-device virtio-net-pci,netdev=cable,romfile= -device virtio-rng-pci \
		"${vm_options[@]}" </dev/null >"$d/console.log" 2>&1 9>&- &
	echo "$! $(proc_start $!)" >"$d/pid"
}

# Where it is emulated and others take the processor, there is no test in it.
host_wait() # HOST
{
	local end=$((SECONDS + 300))
	until ssh_answers "$(host_addr "$1")" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			[ "$(vm_accel)" = kvm ] && die "waited in vain: $1: sshd"
			skip "$1 did not boot in 300 s without KVM"
		fi
		sleep 0.1
	done
}

in_host() # HOST CMD...
{
	local h=$1 words
	shift
	printf -v words '%q ' "$@"
	ssh -F "$lab/ssh_config" -o ControlMaster=auto -o ControlPath="$(host_dir "$h")/ssh" -o ControlPersist=30m \
		"max@$h" "sudo -n /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $words" 9>&-
}

# A word for HEAL and BREAK, after `here`: what the machine's owner would do at its hardware.
vm_tell() # HOST COMMAND...: to QEMU's monitor
{
	local monitor
	monitor=$(host_dir "$1")/monitor
	shift
	python3 - "$monitor" "$*" <<-'END'
		import json, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		f = s.makefile("rw")
		f.readline()
		def do(name, **arguments):
		    print(json.dumps({"execute": name, "arguments": arguments}), file=f, flush=True)
		    while True:
		        answer = json.loads(f.readline())
		        if "event" not in answer:
		            return answer
		do("qmp_capabilities")
		said = do("human-monitor-command", **{"command-line": sys.argv[2]})
		if said.get("return") != "":
		    sys.exit(str(said))
	END
}
