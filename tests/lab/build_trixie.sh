#!/usr/bin/env bash
# Debian 13 builds it too (libgit2 1.9, libssh2 1.11): builds this tree in a chroot of
# trixie with -Werror and runs the unit tests there. One line at the end; 77 where it cannot be done.
# The chroot and its build stay in OPSDECK_LAB_DIR (/var/tmp/opsdeck-lab), so the next run is quick.
#   tests/lab/build_trixie.sh [COMMAND...]   COMMAND runs in the build folder instead of check-quick
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
lab=${OPSDECK_LAB_DIR:-/var/tmp/opsdeck-lab}

skip() { echo "trixie: skipped, $*"; exit 77; }

# shellcheck source=tests/packages
. "$top/tests/packages"
[ "$(id -u)" = 0 ] || skip "a chroot needs root"
command -v apt-get >/dev/null 2>&1 || skip "no apt here to take Debian's mirror from"
packages_install lab || skip "debootstrap cannot be had"

# shellcheck disable=SC2206,SC2086 # a list of words
packages=($PACKAGES_build libcmocka-dev)
hash=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-10)
root=$lab/build-trixie-$hash
log=$lab/build-trixie.log
mkdir -p "$lab"
exec 9>"$lab/build-trixie.lock"
flock 9

if [ ! -d "$root" ]; then
	# shellcheck disable=SC2016 # apt expands these
	mirror=${OPSDECK_LAB_MIRROR:-$(apt-get indextargets \
		--format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Identifier: Packages' |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')}
	[ -n "$mirror" ] || skip "no Debian mirror in apt's sources (OPSDECK_LAB_MIRROR names one)"
	proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
	[ -z "$proxy" ] || export http_proxy=${http_proxy:-$proxy}
	rm -rf --one-file-system "$lab"/build-trixie-*.new
	include=$(printf '%s,' "${packages[@]}" | sed 's/,,*/,/g; s/,$//')
	env -u TMPDIR debootstrap --variant=minbase --include="$include" \
		trixie "$root.new" "$mirror" >"$log" 2>&1 || {
		rm -rf --one-file-system "$root.new"
		skip "debootstrap of trixie failed, see $log"
	}
	rm -rf "$root.new"/var/cache/apt/archives/*.deb
	mv -T "$root.new" "$root"
	for old in "$lab"/build-trixie-*; do
		[ "$old" = "$root" ] || [ ! -d "$old" ] || rm -rf --one-file-system "$old"
	done
fi

# The tree as it stands, times kept; what autoreconf and make left stays unless it is outdated.
src=$root/src
mkdir -p "$src"
find "$src" -mindepth 1 -maxdepth 1 ! -name b ! -name configure ! -name config.h.in \
	! -name Makefile.in ! -name aclocal.m4 ! -name build-aux -exec rm -rf {} +
cd "$top"
if git rev-parse --git-dir >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard |
		while IFS= read -r -d '' f; do [ ! -e "$f" ] || printf '%s\0' "$f"; done |
		tar --null -T - -cf - | tar -xf - -C "$src"
else
	tar --exclude='./b' --exclude='./build*' -cf - . | tar -xf - -C "$src"
fi

if [ $# -eq 0 ]; then
	set -- make -s check-quick
fi
cat >"$root/build.sh" <<-'END'
	set -e
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
	cd /src
	[ -x configure ] && [ ! configure.ac -nt configure ] || autoreconf -fi
	mkdir -p b && cd b
	[ -f Makefile ] && [ ! ../configure -nt Makefile ] || ../configure -q --enable-werror
	make -s -j"$(nproc)" all
	"$@"
END
# shellcheck disable=SC2016 # the inner shell expands these
if env -i unshare --mount --pid --fork sh -c '
	root=$1; shift
	mount --make-rprivate / &&
	mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
	mount -t tmpfs tmpfs "$root/tmp" || exit 1
	exec chroot "$root" /bin/sh /build.sh "$@"' sh "$root" "$@" >"$log" 2>&1; then
	if grep -q 'warning:' "$log"; then
		grep 'warning:' "$log"
		echo "trixie: warnings, see $log"
		exit 1
	fi
	version() { chroot "$root" dpkg-query -W -f '${Version}' "$1"; }
	echo "trixie: built and tested with libgit2 $(version libgit2-dev)," \
		"libssh2 $(version libssh2-1-dev)"
else
	tail -n 40 "$log"
	echo "trixie: failed, see $log"
	exit 1
fi
