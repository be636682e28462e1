#!/bin/sh
# check.sh: every test, on a copy of the sources in a temporary folder and a
# private PostgreSQL.  Whatever happens, the last line is "N passed, N failed",
# and the exit code says the same.
set -eu
. "$(dirname "$0")/common.sh"

passed=0
failed=0
finish()
{
	status=$?
	trap - EXIT INT TERM HUP
	if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
	[ -z "${work:-}" ] || rm -rf "$work"
	[ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || failed=1
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] || exit 1
	exit 0
}

# step NAME COMMAND…: one check; prints what it says, at length only if it fails.
step()
{
	name=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
		line=$(tail -n 1 "$work/log")
		echo "== $name: ${line:-passed}"
	else
		failed=$((failed + 1))
		echo "== $name: FAILED"
		tail -n 80 "$work/log"
		return 1
	fi
}

# counted NAME COMMAND…: many checks; the command's closing line counts them.
counted()
{
	name=$1
	shift
	status=0
	"$@" >"$work/log" 2>&1 || status=$?
	counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$work/log" | tail -n 1)
	p=${counts% *}
	f=${counts#* }
	p=${p:-0}
	f=${f:-0}
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
	if [ "$p" -eq 0 ] && [ "$f" -eq 0 ]; then f=1; fi
	passed=$((passed + p))
	failed=$((failed + f))
	echo "== $name: $p passed, $f failed"
	[ "$f" -eq 0 ] || tail -n 200 "$work/log"
}

# Runs in the private cluster: pg_regress, its answers counted.  PostgreSQL 15
# says "test NAME ... ok", later ones speak TAP.
regress()
{
	"$MAKE" -s installcheck PG_CONFIG="$PG_CONFIG" with_llvm=no >regress.log 2>&1 || :
	cat regress.log
	[ ! -s regression.diffs ] || tail -n 150 regression.diffs
	awk '
		/^test .* \.\.\. ok/ || /^ok [0-9]/ { p++ }
		/^test .* \.\.\. FAILED/ || /^not ok [0-9]/ { f++ }
		# Both say at the end how many there were; without that, pg_regress gave up.
		/tests? (passed|failed)/ || /^1\.\.[0-9]/ { ended = 1 }
		END { if (!ended) f++; printf "%d passed, %d failed\n", p, f; exit f > 0 }
	' regress.log
}

if [ "${1:-}" = in-cluster ]; then
	work=$2
	regress >"$work/regress" || :
	"$tools/docs_examples.sh" "$top/README.md" "$top"/docs/*.md >"$work/docs" 2>&1 || :
	for check in reference_coverage dump_restore; do
		"$tools/$check.sh" >"$work/$check" 2>&1 && touch "$work/$check.good" || :
	done
	psql -X -A -t -c 'SELECT version()'
	exit
fi

make_work_dir
trap finish EXIT
PG_CONFIG=$("$tools/setup.sh") || exit 1
export PG_CONFIG
echo "PostgreSQL: $("$PG_CONFIG" --version), $PG_CONFIG"
copy=$work/iam
copy_sources "$copy"
flags='-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Werror'

step 'file lists' "$MAKE" -s -C "$top" check-lists || :
step 'rules with a test' sh -c "cd '$top' && test/tools/rule_coverage.sh" || :
counted 'core' "$MAKE" -s -C "$copy" -j "$(jobs)" unit
if step 'build' "$MAKE" -s -C "$copy" -j "$(jobs)" all PG_CONFIG="$PG_CONFIG" with_llvm=no IAM_CFLAGS="$flags"; then
	cd "$copy"
	step 'symbols' "$MAKE" -s check-symbols PG_CONFIG="$PG_CONFIG" with_llvm=no || :
	: >"$work/regress"
	: >"$work/docs"
	# plans are compared: nobody else analyzes a table meanwhile
	step 'private PostgreSQL' env SERVER_OPTIONS='-c autovacuum=off' "$tools/private_cluster.sh" "$tools/check.sh" in-cluster "$work" || :
	counted 'regression tests' cat "$work/regress"
	step 'reference' sh -c 'cat "$0"; [ -e "$0.good" ]' "$work/reference_coverage" || :
	step 'dump and restore' sh -c 'cat "$0"; [ -e "$0.good" ]' "$work/dump_restore" || :
	counted 'examples of the documents' cat "$work/docs"
	cd "$top"
	if [ -s "$copy/regression.diffs" ]; then
		cp -R "$copy/regression.diffs" "$copy/results" "$top" 2>/dev/null &&
			chown -R "$(stat -c %u:%g "$top" 2>/dev/null || id -u)" "$top/regression.diffs" "$top/results" 2>/dev/null &&
			echo "The differences are in regression.diffs, what the tests printed in results/." || :
	fi
fi
