#!/bin/sh
# run_unit.sh TOP PROGRAM…: runs the unit tests from the project's root and
# adds up their closing lines.  A program that ends without one, or dies after
# it, counts as one more failure.
set -u
cd "$1" || exit 2
shift
passed=0
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for program in "$@"; do
	"$program" >"$out" 2>&1
	status=$?
	counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$out" | tail -n 1)
	p=${counts% *}
	f=${counts#* }
	if [ -z "$counts" ] || { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; }; then
		p=${p:-0}
		f=$((${f:-0} + 1))
		echo "${program##*/}: ended with status $status" >>"$out"
	fi
	[ "$f" -eq 0 ] || tail -n 60 "$out"
	echo "${program##*/}: $p passed, $f failed"
	passed=$((passed + p))
	failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
