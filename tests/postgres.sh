#!/bin/sh
# A private cluster of PostgreSQL 15 for a test: on a socket in a folder of its own, and on
# 127.0.0.1 where a port is given.
#
#   tests/postgres.sh start OWNER [PORT]   print its folder; it ends with the process OWNER at the
#                                          latest. Exits 3 where PostgreSQL 15 is not installed
#   tests/postgres.sh stop FOLDER          stop it and delete the folder
#   tests/postgres.sh restart FOLDER       as after a crash of the server (immediate), and start
#   tests/postgres.sh down FOLDER          stop it (immediate) and leave the folder
#   tests/postgres.sh up FOLDER            start it again
#
# Connect with host=FOLDER user=assay dbname=postgres; everybody who reaches the socket may, while
# user "locked" of 127.0.0.1 is asked for a password ("right").
set -eu
bin=/usr/lib/postgresql/15/bin
[ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || exit 3

# PostgreSQL refuses to run as root.
as=
[ "$(id -u)" -ne 0 ] || as="setpriv --reuid=postgres --regid=postgres --clear-groups"

control() {
	# shellcheck disable=SC2086 # a list of words, or none
	(cd / && $as "$bin/pg_ctl" -D "$1/data" -s -w -t 60 -l "$1/log" "$2" -m "${3:-immediate}" \
		>&2 </dev/null)
}

case $1 in
start)
	folder=$(mktemp -d /tmp/assay-postgres-XXXXXX)
	[ -z "$as" ] || chown postgres:postgres "$folder"
	# shellcheck disable=SC2086
	(cd / && $as "$bin/initdb" -D "$folder/data" -U assay -A trust -E UTF8 --locale=C.UTF-8 \
		--no-sync >"$folder/initdb" 2>&1) || {
		cat "$folder/initdb" >&2
		exit 1
	}
	listen=
	[ -z "${2:-}" ] || owner=$2
	[ -z "${3:-}" ] || listen=127.0.0.1
	cat >>"$folder/data/postgresql.conf" <<-END
		listen_addresses = '$listen'
		port = ${3:-5432}
		unix_socket_directories = '$folder'
		max_connections = 40
		shared_buffers = 64MB
		max_wal_size = 256MB
		fsync = on
	END
	cat >"$folder/data/pg_hba.conf" <<-END
		local all all trust
		host all locked 127.0.0.1/32 scram-sha-256
		host all all 127.0.0.1/32 trust
	END
	control "$folder" start || {
		cat "$folder/log" >&2
		exit 1
	}
	# Its owner may be killed.
	(
		while kill -0 "$owner" 2>/dev/null; do
			[ -d "$folder" ] || exit 0
			sleep 1
		done
		control "$folder" stop 2>/dev/null || :
		rm -rf "$folder"
	) >/dev/null 2>&1 </dev/null &
	echo "$folder"
	;;
stop)
	control "$2" stop || :
	rm -rf "$2"
	;;
restart | down | up)
	verb=$1
	[ "$verb" != down ] || verb=stop
	[ "$verb" != up ] || verb=start
	control "$2" "$verb"
	;;
*)
	exit 2
	;;
esac
