# shellcheck shell=bash
# What only a kernel and disks of its own show: pressure, md, LVM, SMART, NVMe, the audit.

tool_machine=vm
tool_packages='mdadm lvm2 thin-provisioning-tools smartmontools nvme-cli auditd e2fsprogs'
# shellcheck disable=SC2034 # for vm.sh
vm_load='ahci sd_mod nvme raid1 dm_mod dm_thin_pool'
tool_fleet='tags: [mdraid, lvm, smart, nvme, auditd, block-devices, linux]
params:
  md_arrays: [md0]
  disks: [/dev/nvme0]
  smart_ignore: [/dev/sda, /dev/sdb, /dev/sdc, /dev/sdd]
  nvme: [/dev/nvme0]
  pressure_cpu_warn: 30'

tool_vm() # DIR
{
	local n
	for n in 1 2 3 4; do
		truncate -s 200M "$1/sata$n"
		vm_options+=(-drive "if=none,id=sata$n,file=$1/sata$n,format=raw" -device "ide-hd,id=disk$n,drive=sata$n,bus=ide.$n,serial=LAB000$n")
	done
	truncate -s 200M "$1/nvme"
	vm_options+=(-drive "if=none,id=nvme,file=$1/nvme,format=raw" -device nvme,id=nvme1,drive=nvme,serial=LAB0009)
}

# There is no udev: LVM makes its nodes by itself.
tool_setup() # ROOT HOST
{
	write "$1/etc/lvm/lvmlocal.conf" <<-'END'
		activation { udev_sync = 0 udev_rules = 0 verify_udev_operations = 1 }
		devices { obtain_device_list_from_udev = 0 }
	END
}

tool_ready()
{
	export DM_DISABLE_UDEV=1
	until_true 60 test -b /dev/sdd
	until_true 60 test -c /dev/nvme0
	mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 /dev/sda /dev/sdb
	until_true 120 whole
	vgcreate lab /dev/sdc /dev/sdd
	lvcreate --type thin-pool -L 40M -n pool lab
	lvcreate -V 100M --thinpool pool -n data lab
	/sbin/auditd -s enable
	until_true 20 audit_runs
	auditctl -w /etc/shadow -p wa -k lab
}

# ---- RAID

whole() { grep -F '[2/2] [UU]' /proc/mdstat; }
fail_half()
{
	mdadm /dev/md0 --fail /dev/sdb
	until_true 20 grep -F '[2/1] [U_]' /proc/mdstat
}
mend_half()
{
	mdadm /dev/md0 --remove /dev/sdb
	mdadm --zero-superblock /dev/sdb
	mdadm /dev/md0 --add /dev/sdb
	until_true 120 whole
}
turns mdraid fail_half mend_half crit 'md0.*sdb'
turns mdraid 'mdadm --stop /dev/md0' 'mdadm --assemble /dev/md0 /dev/sda /dev/sdb; until_true 60 whole' crit 'md0'

# ---- LVM

fill() { dd if=/dev/urandom of=/dev/lab/data bs=1M count="$1" conv=fsync status=none; } # MEGABYTES
empty() { blkdiscard /dev/lab/data; }
turns lvm 'fill 34' empty warn 'lab/pool: data 8[0-9] % full'
turns lvm 'fill 38' empty crit 'lab/pool: data 9[0-9] % full'

# ---- disks that tell of themselves

nvme_warns() { vm_tell vm-kernel qom-set /machine/peripheral/nvme1 smart_critical_warning "$1"; } # BITS

turns nvme 'here nvme_warns 1' 'here nvme_warns 0' crit 'spare below its limit'
turns nvme 'here nvme_warns 8' 'here nvme_warns 0' crit 'read-only'
turns smart 'here nvme_warns 4' 'here nvme_warns 0' crit '/dev/nvme0'

# ---- the audit

audit_runs() { auditctl -s | grep -E '^pid [1-9]'; }
turns auditd 'auditctl -D' 'auditctl -w /etc/shadow -p wa -k lab' warn 'no audit rule'
turns auditd 'auditctl -e 0' 'auditctl -e 1' crit 'switched off'
turns auditd 'kill "$(cat /run/auditd.pid)"; until_true 20 no audit_runs' \
	'/sbin/auditd -s enable; until_true 20 audit_runs' crit 'auditd does not run'

# ---- pressure: more than one busy loop on one CPU, until the kernel's average over five minutes says so

waits() # OPERATOR: the lesser of both averages against the limit
{
	awk -v RS=' ' -F= '$1 == "avg60" { a = $2 } $1 == "avg300" { b = $2; exit } END { exit !((a < b ? a : b) '"$1"') }' /proc/pressure/cpu
}
calm() { waits '< 28'; }
pressed() { waits '>= 31'; }
# What was done before this is in the average too, and counts for more where the CPU is emulated.
settle() { until_true 400 calm; }
press()
{
	local i
	for i in 1 2 3 4; do setsid sh -c 'while :; do :; done' >/dev/null 2>&1 & echo $! >>/run/loops; done
	until_true 300 pressed
}
let_go()
{
	xargs kill </run/loops
	rm /run/loops
	settle
}
turns pressure press let_go warn 'something waited for a CPU' first=settle
