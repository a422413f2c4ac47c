#!/bin/sh
# Assess the shipped examples with two builds of assay and compare the verdicts byte
# by byte (DESIGN.md section 3, rule 4: the same inputs give the same verdict).
#
# usage: tools/compare-builds.sh ASSAY1 ASSAY2
#
# Prints the difference and exits 1 when there is one; exits 2 when a build fails or
# gives no verdict at all, since two empty outputs would be equal and prove nothing.
set -eu
[ $# -eq 2 ] || {
	echo "usage: tools/compare-builds.sh ASSAY1 ASSAY2" >&2
	exit 2
}
one=$(realpath "$1")
two=$(realpath "$2")
cd "$(dirname -- "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The evaluation time is an input, so it is given.
verdicts() {
	"$1" run --store "$work/$2" --config examples/assay.yaml --at 2026-11-01T00:00:00Z \
		--format json examples >"$work/$2.jsonl" || return 2
	grep '"type":"verdict"' "$work/$2.jsonl" >"$work/$2.verdicts" || {
		echo "$1: no verdict in the output" >&2
		return 2
	}
}
verdicts "$one" one || exit 2
verdicts "$two" two || exit 2

if ! cmp -s "$work/one.verdicts" "$work/two.verdicts"; then
	diff -u "$work/one.verdicts" "$work/two.verdicts" | head -n 20
	exit 1
fi
echo "$(wc -l <"$work/one.verdicts") verdicts, byte-identical"
