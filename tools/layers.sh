#!/bin/sh
# Print every include that climbs or goes sideways, as
#
#   publish -> sys  ./publish/rpz.c:2
#
# and exit 1 if there is one. DESIGN.md section 4 draws the house; in words:
#
#   base                 itself
#   wire                 base
#   model                base wire
#   the eight rooms      base wire model (never one another)
#   sys                  base wire model
#   store                base wire model sys
#   lib                  base wire model, screen and publish, sys store, and the public headers
#   cmd                  everything, and the public headers (assay/...)
#   src/*.c              everything
#   include/assay        itself
#
# Includes are written from src/ ("wire/dname.h"), so a line says its layer. One
# that is not ("dname.h", "../wire/dname.h") is printed too, with the target "?".
# Below the edges nobody talks to the kernel: a header such as <fcntl.h> or
# <sys/socket.h> in base, wire, model or a room is printed with the target "kernel".
#
# usage: tools/layers.sh [ROOT]   (default: this repository)
set -eu
root=${1-$(dirname -- "$0")/..}
cd "$root/src"
include=
[ ! -d ../include ] || include=../include

# shellcheck disable=SC2086 # empty or one word
found=$(find . $include -name '*.[ch]' | LC_ALL=C sort | xargs -r awk '
	BEGIN {
		n = split("screen collect assess link decide act publish account", room, " ")
		may["wire"] = "base"
		may["model"] = "base wire"
		for (i = 1; i <= n; i++)
			may[room[i]] = "base wire model"
		may["sys"] = "base wire model"
		may["store"] = "base wire model sys"
		may["lib"] = "base wire model screen publish sys store include"
		edges = " sys store lib cmd root "
		kernel = "^(fcntl|unistd|dirent|poll|netdb|pthread|sched|signal|syslog|termios)[.]h$"
	}
	# the folder right under src/; "include" for the public headers; "root" for src/*.c
	function folder(path,    part) {
		if (path ~ /^\.\.\/include\//)
			return "include"
		return split(path, part, "/") > 2 ? part[2] : "root"
	}
	function allowed(from, to) {
		if (from == to || from == "cmd" || from == "root")
			return 1
		return index(" " may[from] " ", " " to " ") > 0
	}
	function report(to) {
		printf "%s -> %s  %s:%d\n", from, to, FILENAME, FNR
	}
	FNR == 1 { from = folder(FILENAME) }
	/^[ \t]*#[ \t]*include[ \t]*["<]/ {
		name = $0
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
		quoted = substr(name, 1, 1) == "\""
		name = substr(name, 2)
		sub(/[">].*/, "", name)
		if (!quoted && name !~ /^assay\//) {
			if (name ~ /^(sys|net|netinet|linux)\// && name != "sys/types.h" || name ~ kernel)
				if (index(edges, " " from " ") == 0)
					report("kernel")
			next
		}
		if (name ~ /\.\.\// || name !~ /\//) {
			# A generated or configured header of the build root, such as "config.h",
			# is for cmd and the library root alone.
			if (name ~ /\.\.\// || (from != "cmd" && from != "root"))
				report("?")
			next
		}
		to = name
		sub(/\/.*/, "", to)
		if (to == "assay")
			to = "include"
		if (!allowed(from, to))
			report(to)
	}')
[ -z "$found" ] || {
	printf '%s\n' "$found"
	exit 1
}
