# shellcheck shell=bash
# The packages of one tool, installed once in a layer over the base image. Sourced by ./tool_host.
# The layer's name carries a hash of the base, of the packages and of tool_image.

layer_hash()
{
	{
		base_hash
		declare -f layer_packages layer_chroot layer_lists
		printf '%s\n' "${packages[@]}"
		declare -f tool_image || true
		[ "$tool_machine" != vm ] || declare -f vm_kernel vm_disk
		[ "$tool_machine" != vm ] || declare -p vm_modules
	} | sha256sum | cut -c1-10
}

layer_chroot() # ROOT CMD...: with its own /proc, and this machine's devices and network
{
	local root=$1
	shift
	# shellcheck disable=SC2016 # expanded inside
	env -u TMPDIR DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		unshare --mount --pid --fork --kill-child bash -c '
			mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" || exit
			exec chroot "$@"' layer "$root" "$@" 9>&-
}

# The package lists are fetched once a day for all layers.
layer_lists() # ROOT
{
	local root=$1 lists=$images/lists-$suite
	mkdir -p "$lists/partial"
	(
		flock -w 900 8
		mount --bind "$lists" "$root/var/lib/apt/lists"
		if [ -z "$(find "$lists/stamp" -mmin -720 2>/dev/null)" ]; then
			layer_chroot "$root" apt-get -qy update
			touch "$lists/stamp"
		fi
	) 8>"$lists.lock"
}

layer_packages() # ROOT
{
	local root=$1
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	rm -f "$root/etc/resolv.conf"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	layer_lists "$root"
	layer_chroot "$root" apt-get -qy -o Dpkg::Options::=--force-unsafe-io \
		--no-install-recommends install "${packages[@]}"
	[ "$tool_machine" != vm ] || vm_kernel "$root"
	layer_chroot "$root" apt-get clean
	rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root"/var/cache/apt/*.bin
}

# In a mount namespace of its own: a run that is killed leaves nothing mounted.
layer_build() # NEW BASE
{
	local new=$1 base=$2
	mkdir -p "$new/upper" "$new/work" "$new/root"
	mount -t overlay layer "$new/root" -o "lowerdir=$base,upperdir=$new/upper,workdir=$new/work"
	[ ${#packages[@]} = 0 ] || layer_packages "$new/root"
	if declare -F tool_image >/dev/null; then
		tool_image "$new/root"
	fi
	[ "$tool_machine" != vm ] || vm_disk "$new/root" "$new/disk"
	umount -R "$new/root"
}

# Sets layer. Another run that wants the same one waits here.
layer_make() # NAME
{
	local name=$1 base stem new old
	base=$images/$(base_name) stem=$images/layer-$suite-$name
	layer=$stem-$(layer_hash)
	if [ -d "$layer" ]; then
		touch "$layer"
		return 0
	fi
	exec 8>"$stem.lock"
	flock -w 900 8 || die "another run makes $layer and does not end"
	if [ ! -d "$layer" ]; then
		say "making $(basename "$layer") (once): ${packages[*]}"
		new=$layer.new
		rm -rf --one-file-system "$new"
		mkdir -p "$new"
		if ! layer_apart "$new" "$base" >"$layer.log" 2>&1; then
			tail -n 15 "$layer.log" >&2
			die "$layer could not be made; all of it in $layer.log"
		fi
		[ ! -e "$new/disk" ] || mv "$new/disk" "$layer.disk"
		mv -T "$new/upper" "$layer"
		rm -rf --one-file-system "$new" "$layer.log"
		for old in "$stem"-??????????; do
			[ "$old" = "$layer" ] || ! image_unused "$old" || rm -rf --one-file-system "$old" "$old.disk"
		done
	fi
	exec 8>&-
}

# The recipe runs in a shell of its own, that ends at the first thing that fails.
layer_apart() # NEW BASE
{
	local variable
	{
		echo "set -euo pipefail; umask 022"
		for variable in lab_src images suite packages tool_machine vm_modules; do declare -p "$variable"; done
		declare -f
		printf 'layer_build %q %q\n' "$@"
	} | unshare --mount --propagation private bash -s 9>&-
}
