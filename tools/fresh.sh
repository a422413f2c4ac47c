#!/bin/sh
# Prove ./start and ./test on a bare Debian 12: make a minimal chroot, clone the
# committed HEAD of this checkout into it, run both there, print results and times.
#
#   tools/fresh.sh [--keep] [--in DIR] [--start-only]
#
#   --keep        leave the chroot in place and say where it is
#   --in DIR      make it under DIR (default: $TMPDIR or /tmp); it needs about 2 GB
#   --start-only  do not run ./test
#
# Needs root (or sudo) and debootstrap. The mirror, the client settings and the name
# servers are those of the machine it runs on: read from apt's and npm's own configuration
# and the environment, written nowhere but into the chroot, which is removed at the end.
# Exit 0 when both succeed, 1 when one fails, 2 when the chroot cannot be made.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
release=bookworm

say() { printf '%s\n' "fresh: $*"; }
die() {
	printf '%s\n' "fresh: $*" >&2
	exit 2
}

keep=
under=${TMPDIR-/tmp}
run_tests=1
original_arguments=$*
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=1 ;;
	--in)
		[ $# -gt 1 ] || die "--in needs a folder"
		under=$2
		shift
		;;
	--start-only) run_tests= ;;
	-h | --help)
		sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
		exit 0
		;;
	*) die "unknown argument '$1' (see --help)" ;;
	esac
	shift
done

if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || die "needs root or sudo"
	# shellcheck disable=SC2086 # the arguments are plain words
	exec sudo -E "$root/tools/fresh.sh" $original_arguments
fi
command -v debootstrap >/dev/null 2>&1 || die "debootstrap is missing: apt-get install debootstrap"

# The archives of this release that the machine itself uses, one "SITE RELEASE" a line.
archives=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	awk -v r="$release" '$3 == "main" && ($2 == r || index($2, r "-") == 1) { print $1, $2 }' |
	sort -u)
mirror=$(printf '%s\n' "$archives" | awk -v r="$release" '$2 == r { print $1; exit }')
[ -n "$mirror" ] || die "this machine's apt knows no Debian $release archive"

chroot=$(mktemp -d "$under/assay-fresh.XXXXXX")
chmod 755 "$chroot" # mktemp makes it 0700, and apt fetches as a user of its own
mounted() { awk '{ print $2 }' /proc/mounts | grep -qF "$chroot/"; }
clean_up() {
	# What ./start left running would hold the chroot.
	[ ! -x "$chroot/srv/assay/start" ] || inside ./start --stop || :
	for point in dev/shm dev/pts proc; do
		if awk '{ print $2 }' /proc/mounts | grep -qxF "$chroot/$point"; then
			umount "$chroot/$point" 2>/dev/null || umount -l "$chroot/$point" || :
		fi
	done
	if [ -n "$keep" ]; then
		say "kept: $chroot"
	elif mounted; then
		say "left in place, since something is still mounted there: $chroot"
	else
		rm -rf --one-file-system "$chroot"
	fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

now() { date +%s; }

say "making a minimal Debian $release"
begun=$(now)
included=
case $archives in *https:*) included=--include=ca-certificates ;; esac
if ! debootstrap --variant=minbase $included "$release" "$chroot" "$mirror" \
	>"$chroot.log" 2>&1; then
	tail -n 20 "$chroot.log" >&2
	rm -f "$chroot.log"
	die "debootstrap failed"
fi
rm -f "$chroot.log"
made=$(($(now) - begun))

# Client settings: archives, proxy and checks of apt, trusted keys, certificates, names.
printf '%s\n' "$archives" | sed 's/.*/deb & main/' >"$chroot/etc/apt/sources.list"
apt-config dump Acquire |
	grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv4|ForceIPv6|Check-)' \
		>"$chroot/etc/apt/apt.conf.d/99host" || :
for from in /etc/apt/trusted.gpg.d /usr/local/share/ca-certificates; do
	[ ! -d "$from" ] || { mkdir -p "$chroot$from" && cp -R "$from/." "$chroot$from/"; }
done
for from in /etc/resolv.conf /etc/hosts; do
	[ ! -e "$from" ] || cat "$from" >"$chroot$from"
done

# The same of npm, where there is one: registry, proxy, and which certificates it trusts. Only what
# is named here; no token of anybody.
npm_bundle=
if command -v npm >/dev/null 2>&1; then
	for name in registry proxy https-proxy noproxy strict-ssl; do
		value=$(npm config get "$name" 2>/dev/null) || continue
		case $value in '' | null | undefined) continue ;; esac
		printf '%s=%s\n' "$name" "$value" >>"$chroot/root/.npmrc"
	done
	npm_bundle=$(npm config get cafile 2>/dev/null) || npm_bundle=
	[ -f "$npm_bundle" ] || npm_bundle=${NODE_EXTRA_CA_CERTS-}
	if [ -f "$npm_bundle" ]; then
		cat "$npm_bundle" >"$chroot/root/npm-ca.pem"
		echo "cafile=/root/npm-ca.pem" >>"$chroot/root/.npmrc"
	fi
fi

mount -t proc proc "$chroot/proc" || die "cannot mount /proc in the chroot"
[ -e "$chroot/dev/null" ] || die "the chroot has no /dev/null"
mkdir -p "$chroot/dev/pts" "$chroot/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$chroot/dev/pts" 2>/dev/null || :
mount -t tmpfs tmpfs "$chroot/dev/shm" 2>/dev/null || :

git -C "$root" diff --quiet HEAD -- 2>/dev/null ||
	say "uncommitted changes of this checkout are not part of the clone"
git -c advice.detachedHead=false clone -q --no-hardlinks "$root" "$chroot/srv/assay"
head=$(git -C "$root" rev-parse --short HEAD)

# inside COMMAND...: run it in the clone with a bare environment, without a terminal.
inside() {
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		CI=true ${http_proxy+"http_proxy=$http_proxy"} \
		${https_proxy+"https_proxy=$https_proxy"} ${no_proxy+"no_proxy=$no_proxy"} \
		chroot "$chroot" sh -c 'cd /srv/assay && exec "$@"' sh "$@" </dev/null
}

# attempt NAME COMMAND...: run, time, and remember the result.
failed=
summary=
attempt() {
	name=$1
	shift
	say "$name"
	begun=$(now)
	status=0
	inside "$@" || status=$?
	took=$(($(now) - begun))
	if [ "$status" -eq 0 ]; then
		result=succeeded
	else
		result="FAILED with exit status $status"
		failed=1
	fi
	summary="$summary  $name: $result, $took s
"
}

attempt "./start" ./start
attempt "./start again" ./start
inside ./start --stop
[ -z "$run_tests" ] || attempt "./test" ./test

printf '\nfresh: commit %s on a minimal Debian %s (made in %s s)\n%s' \
	"$head" "$release" "$made" "$summary"
[ -z "$failed" ]
