# shellcheck shell=bash
# A btrfs mirror over two loop devices: damaged, without one of them, full.

tool_packages='btrfs-progs'
tool_fleet='tags: [btrfs]
params: {btrfs: [/srv/data]}'
tool_needs() { grep -qw btrfs /proc/filesystems; }
# btrfs-progs read it; systemd-nspawn shows a part of sysfs only.
nspawn_options=(--bind-ro=/sys/fs/btrfs)

tool_ready()
{
	loop_attach /root/a.img 400M >/root/a
	loop_attach /root/b.img 400M >/root/b
	mkfs.btrfs -q -f -d raid1 -m raid1 "$(cat /root/a)" "$(cat /root/b)"
	mkdir /srv/data
	mount "$(cat /root/a)" /srv/data
	head -c 60M /dev/urandom >/srv/data/file
	sync
}

counted() { ! btrfs device stats -c /srv/data >/dev/null; }
clean()
{
	btrfs scrub start -B /srv/data >/dev/null
	btrfs device stats -z /srv/data >/dev/null
	btrfs scrub start -B /srv/data >/dev/null
	no counted
}

# Beyond the first megabytes, where the superblock is; the other copy mends it.
damage()
{
	head -c 150M /dev/urandom | dd of="$(cat /root/b)" bs=1M seek=80 conv=notrunc,fsync status=none
	btrfs scrub start -B /srv/data >/dev/null || true
	counted
}
turns btrfs damage clean crit 'corruption errors'

detach()
{
	umount /srv/data
	losetup -d "$(cat /root/b)"
	until_true 20 no losetup "$(cat /root/b)"
	btrfs device scan --forget
	# Read-only: written to, half a mirror allocates chunks that are not mirrored, and keeps them.
	mount -o degraded,ro "$(cat /root/a)" /srv/data
}
attach()
{
	umount /srv/data
	losetup -f --show /root/b.img >/root/b
	btrfs device scan >/dev/null
	mount "$(cat /root/a)" /srv/data
	clean
}
turns btrfs detach attach crit '1 device missing'

# In steps, for how much room is left depends on the chunks that it has allocated so far.
fill() # PERCENT
{
	local full
	: >/srv/data/full
	until full=$(df --output=pcent /srv/data | tr -dc 0-9) && [ "$full" -ge "$1" ]; do
		head -c 3M /dev/urandom >>/srv/data/full || return 1
		sync -f /srv/data
	done
}
empty()
{
	rm /srv/data/full
	btrfs filesystem sync /srv/data
}
turns btrfs 'fill 88' empty warn '/srv/data: [0-9]+ % full'
turns btrfs 'fill 97' empty crit '/srv/data: [0-9]+ % full'
