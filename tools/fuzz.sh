#!/bin/sh
# Fuzz the parsers with libFuzzer under ASan and UBSan (clang, in build-fuzz/).
#
#   tools/fuzz.sh [SECONDS [PARSER...]]   default: 60 seconds for each parser there is
#
# Starts from fuzz/seeds/PARSER; what it learns stays in build-fuzz/corpus/PARSER, and an
# input that fails is kept as build-fuzz/PARSER-crash-*. Put such an input, made small with
# -minimize_crash=1, into the seeds together with the fix: the ordinary test run replays them.
# Exit 0 when nothing failed, 1 when a parser did, 2 when the build failed.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
. tools/packages.sh

seconds=${1-60}
[ $# -eq 0 ] || shift
build=$root/build-fuzz
mkdir -p "$build"
: >"$build/build.log"

# fuzzer-no-link: the library under test is instrumented for coverage as well.
if ! { CC=clang configure "$build" "$build/build.log" --buildtype=debugoptimized \
	-Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true \
	-Dc_args=-fsanitize=fuzzer-no-link && ninja -C "$build" >>"$build/build.log" 2>&1; }; then
	tail -n 40 "$build/build.log" >&2
	exit 2
fi

# shellcheck disable=SC2046 # names of parsers are plain words
[ $# -gt 0 ] || set -- $(find "$build/fuzz" -maxdepth 1 -type f -name 'fuzz_*' -perm -u+x |
	sed 's/.*fuzz_//' | LC_ALL=C sort)
[ $# -gt 0 ] || {
	echo "fuzz: there is no fuzz target" >&2
	exit 2
}

failed=0
for parser; do
	mkdir -p "$build/corpus/$parser"
	log=$build/fuzz-$parser.log
	if UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$build/fuzz/fuzz_$parser" \
		-max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="$build/$parser-" "$build/corpus/$parser" "fuzz/seeds/$parser" \
		>"$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		echo "$parser: $runs runs in $seconds s, nothing found"
	else
		echo "$parser: FAILED (log: build-fuzz/fuzz-$parser.log)"
		grep -E 'ERROR|SUMMARY|Test unit written' "$log" || :
		failed=1
	fi
done
exit "$failed"
