#!/bin/sh
# Make verdicts again with another build of assay, and compare them byte by byte
# (DESIGN.md section 3, rule 4: the same inputs give the same verdict).
#
# usage: tools/compare-builds.sh ASSAY1 ASSAY2
#
# Each build judges the shipped examples, 1,000 invented sites (tools/make_sites.py) and,
# where ../shared/data (or ASSAY_DATA) has real pages, those; from what it exported, the other
# makes each verdict again (assay assess --rederive). What both judged must be the same
# bytes as well. Prints what differs and exits 1 when something does; exits 2 when a build
# fails or gives fewer than 1,000 verdicts, since two empty outputs would be equal and prove
# nothing.
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
/usr/bin/python3 tools/make_sites.py 1000 >"$work/made.jsonl" || exit 2
real=${ASSAY_DATA:-../shared/data}/pages
[ -d "$real" ] || real=

# The evaluation time is an input, so it is given.
judge() {
	"$1" assess --config examples/assay.yaml --at 2026-11-01T00:00:00Z --log error \
		--export-evidence "$work/$2" examples "$work/made.jsonl" $real \
		>"$work/$2.jsonl" || return 2
	made=$(grep -c '"type":"verdict"' "$work/$2.jsonl") || made=0
	[ "$made" -ge 1000 ] || {
		echo "$1: $made verdicts in the output, wanted 1000 or more" >&2
		return 2
	}
}
judge "$one" one || exit 2
judge "$two" two || exit 2

status=0
cmp -s "$work/one.jsonl" "$work/two.jsonl" || {
	diff -u "$work/one.jsonl" "$work/two.jsonl" | cut -c 1-400 | head -n 20
	status=1
}
again() {
	"$1" assess --log error --format text --rederive "$work/$2.jsonl" --evidence "$work/$2" \
		>"$work/$2.again" || {
		[ $? -eq 1 ] || status=2
		[ $status -ne 0 ] || status=1
		grep -v '^same' "$work/$2.again" | head -n 20
	}
	tail -n 1 "$work/$2.again"
}
again "$two" one
again "$one" two
[ $status -ne 0 ] || echo "$(wc -l <"$work/one.jsonl") records of each build, byte-identical"
exit $status
