# What ./start and ./test need, Debian 12 packages and modules from npm, and how what is
# missing is installed. Sourced by both; does nothing by itself.
#
# shellcheck shell=sh disable=SC2034,SC2154

# Compiler, build tools and the libraries that assay links (DESIGN: "Parts bought").
build_packages="gcc libc6-dev meson ninja-build pkg-config python3 scdoc
	libpsl-dev publicsuffix libidn2-dev libunistring-dev libgumbo-dev libjansson-dev
	libfyaml-dev libsqlite3-dev libpq-dev libssl-dev zlib1g-dev libmicrohttpd-dev
	libsodium-dev libseccomp-dev libgmime-3.0-dev libcurl4-openssl-dev libxml2-dev
	libuv1-dev libc-ares-dev libdeflate-dev"

# What the tests add: the second compiler, one of C++ for those who embed the library, the test
# library, the end-to-end tests, the shells that damage stores as a stray tool would, the server of
# the store's second engine, the code of others that checks our ledger, the two servers that stand
# before ours with what asks and checks them, the mail server that takes or refuses our letters, and
# the browser that reads our pages, with letters for all of them.
test_packages="clang libclang-rt-14-dev g++ libcmocka-dev python3-pytest python3-pytest-xdist
	python3-jsonschema sqlite3 postgresql postgresql-client golang-go golang-golang-x-mod-dev
	nginx caddy curl openssl python3-aiosmtpd python3-yaml knot knot-dnsutils unbound tinyproxy
	exim4-daemon-light wget iproute2 util-linux chromium chromium-driver python3-selenium fonts-noto-cjk"

# Print the packages among "$@" that are not installed.
missing_packages() {
	# dpkg-query fails when it does not know one of them; its list is still whole.
	installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p') || :
	for package in "$@"; do
		printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s ' "$package"
	done
}

# Run by a shell of root with packages as its arguments. Debian starts a service with its package,
# and again at each start of the machine: nginx and caddy would both take port 80, of a machine that
# installed them for our tests alone. So while apt-get works policy-rc.d forbids to start anything
# (where there is one already, as in most containers, its owner's word stands), and of the
# three what is new is then switched off; the cluster that PostgreSQL would make is not made at all,
# unless its settings are there already. One that was there before is not touched.
# shellcheck disable=SC2016 # the other shell expands them
install_idle='
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap "rm -f $policy" EXIT
	trap "exit 1" HUP INT TERM
	printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy" || exit 1
fi
clusters=/etc/postgresql-common/createcluster.conf
case " $* " in
*" postgresql "*)
	if [ ! -e "$clusters" ]; then
		mkdir -p "${clusters%/*}" && echo "create_main_cluster = false" >"$clusters" || exit 1
	fi ;;
esac
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || exit 1
for package in "$@"; do
	case $package in
	# Without systemd nothing would start it. exim4-daemon-light has its service from exim4-base.
	exim4-daemon-light) systemctl disable exim4 || : ;;
	nginx | caddy | knot | unbound | tinyproxy | postgresql) systemctl disable "$package" || : ;;
	esac
done'

# install_packages LOG PACKAGE...: install those that are missing, saying which.
# Returns 0 when all are there, 2 (with a message) when they cannot be installed.
install_packages() {
	log=$1
	shift
	if ! command -v dpkg-query >/dev/null 2>&1; then
		echo "This is not Debian: install what corresponds to these packages yourself:" >&2
		echo "  $*" | tr -s '\t\n ' ' ' >&2
		return 0
	fi
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0

	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null 2>&1; then
			echo "These Debian packages are missing, and installing them needs root or sudo:" >&2
			echo "  apt-get install $missing" >&2
			return 2
		fi
		as_root=sudo
	fi
	echo "Installing Debian packages: $missing"
	# A failed update is no reason to stop: the lists at hand may be enough.
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >>"$log" 2>&1 || :
	# shellcheck disable=SC2086 # a list of words on purpose
	if ! $as_root sh -c "$install_idle" install $missing >>"$log" 2>&1; then
		echo "Installing failed; the end of $log:" >&2
		tail -n 20 "$log" >&2
		return 2
	fi
}

# install_modules LOG served|all: put the modules of web/package-lock.json into web/node_modules,
# unless those of this lock are there already. "served" is what the pages use, "all" adds what the
# tests do. The stamp holds the digest of the lock, and which of the two was installed.
# Returns 0 when they are there, 2 (with a message) when they cannot be installed.
install_modules() {
	log=$1
	wanted=$2
	stamp=$root/web/node_modules/.assay-stamp
	lock=$(sha256sum <"$root/web/package-lock.json") || return 2
	[ ! -f "$stamp" ] || case $(cat "$stamp") in
	"$lock all" | "$lock $wanted") return 0 ;;
	esac

	# Some machines have npm from elsewhere, beside which Debian's cannot be installed.
	command -v npm >/dev/null 2>&1 || install_packages "$log" npm || return 2
	omit=
	[ "$wanted" = all ] || omit=--omit=dev
	echo "Installing the modules of web/package-lock.json"
	# Retries are few: a machine without a network shall not wait for minutes.
	# shellcheck disable=SC2086 # no word or one
	if ! (cd "$root/web" && npm ci $omit --ignore-scripts --no-audit --no-fund \
		--prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 \
		--fetch-timeout=60000) >>"$log" 2>&1; then
		echo "Installing them failed; the end of $log:" >&2
		tail -n 20 "$log" >&2
		return 2
	fi
	printf '%s\n' "$lock $wanted" >"$stamp"
}

# configure DIR LOG OPTION...: set up a meson build folder unless it is there.
# A folder left half made by an interrupted setup has no build.ninja and is set up again.
configure() {
	dir=$1
	log=$2
	shift 2
	[ -f "$dir/build.ninja" ] && return 0
	mkdir -p "$dir"
	meson setup "$@" "$dir" "$root" >>"$log" 2>&1
}
