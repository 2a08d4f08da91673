# shellcheck shell=bash
# A ZFS mirror of two files, by zfs-fuse: the kernel of a test machine has no module.

tool_packages='zfs-fuse'
tool_fleet='tags: [zfs]
params: {zpools: [tank]}'
tool_needs() { [ -e /dev/fuse ]; }
nspawn_options=(--bind=/dev/fuse)

tool_setup() # ROOT HOST
{
	systemctl -q --root="$1" mask zfs-fuse.service
}

tool_ready()
{
	zfs-fuse -p /run/zfs.pid
	until_true 20 zpool list
	# The module's /dev/zfs is open to all; look asks without sudo.
	chmod 755 /run/zfs
	chmod 666 /run/zfs/zfs_socket
	truncate -s 100M /root/a /root/b
	zpool create tank mirror /root/a /root/b
	zpool status tank | grep -q 'state: ONLINE'
}

pool_is() { zpool status tank | grep -q "state: $1"; }
scrubbed() { zpool status tank | grep -qE 'scrub (repaired|completed)'; }
scrub()
{
	zpool scrub tank
	until_true 60 scrubbed
}

turns zpool 'zpool offline tank /root/b; pool_is DEGRADED' \
	'zpool online tank /root/b; until_true 60 pool_is ONLINE; zpool clear tank; scrub' crit 'tank: DEGRADED.*OFFLINE'

damage()
{
	head -c 30M /dev/urandom >/tank/file
	sync
	zpool export tank
	head -c 60M /dev/urandom | dd of=/root/b bs=1M seek=20 conv=notrunc,fsync status=none
	zpool import -d /root tank
	scrub
	zpool status tank | grep -E '/root/b +ONLINE' | grep -qvE ' 0 +0 +0$'
}
mend()
{
	zpool clear tank
	scrub
	zpool clear tank
	scrub
}
turns zpool damage mend warn 'checksum errors'

turns zpool 'zpool export tank; no zpool list tank' 'zpool import -d /root tank; pool_is ONLINE' crit 'not imported: tank'
