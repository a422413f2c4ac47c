#!/bin/sh
# Make a static archive in which only the public functions have names.
#
#   tools/archive.sh OUT.a PART.a CORE.a CC [OPTION...]
#
# All of PART and what it needs of CORE become one object; names that are hidden in it become local,
# so that they cannot meet those of the program that links it. CC OPTION... links.
set -eu
out=$1
part=$2
core=$3
shift 3
object=$out.o
trap 'rm -f "$object"' EXIT
"$@" -r -nostdlib -o "$object" -Wl,--whole-archive "$part" -Wl,--no-whole-archive "$core"
objcopy --localize-hidden "$object"
rm -f "$out"
ar rcs "$out" "$object"
