#!/bin/sh
# docs_examples.sh FILE.md…: runs every ```sql block of the files, each file in
# a database of its own that holds the sample organization.  A block must run
# without error; where a ```text block follows it, with blank lines between at
# most, that is what psql must print.  Ends with "N passed, N failed".
set -eu
. "$(dirname "$0")/common.sh"
make_work_dir
passed=0
failed=0

psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE DATABASE docs_sample' || fail "cannot create a database"
export PGDATABASE=docs_sample
psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION iam'
"$tools/demo.sh" import "$top"/docs/demo/*.json

for file in "$@"; do
	rm -rf "$work/blocks"
	mkdir "$work/blocks"
	# Blocks are named by the line they begin in.
	awk -v dir="$work/blocks" '
		inside && /^```[ \t]*$/ { close(out); inside = 0; next }
		inside { print > out; next }
		/^```sql[ \t]*$/ {
			block = sprintf("%s/%05d", dir, NR); out = block ".sql"; inside = 1; follows = 1
			printf "" > out; next
		}
		/^```text[ \t]*$/ && follows { out = block ".text"; inside = 1; follows = 0; printf "" > out; next }
		/^```/ { out = "/dev/null"; inside = 1; follows = 0; next }
		NF { follows = 0 }
	' "$file"
	script=$work/script.sql
	: >"$script"
	for block in "$work"/blocks/*.sql; do
		[ -e "$block" ] || continue
		printf "\\\\o '%s'\n\\\\i '%s'\n\\\\o\n" "${block%.sql}.out" "$block" >>"$script"
		printf "\\\\! touch '%s'\n" "${block%.sql}.done" >>"$script"
	done
	[ -s "$script" ] || continue
	PGDATABASE=postgres psql -X -q -c 'DROP DATABASE IF EXISTS docs_run' -c 'CREATE DATABASE docs_run TEMPLATE docs_sample' 2>/dev/null
	(cd "$top" && PGDATABASE=docs_run psql -X -q -v ON_ERROR_STOP=1 -P pager=off -f "$script") 2>"$work/errors" || :
	for block in "$work"/blocks/*.sql; do
		line=${block##*/}
		line=$(expr "${line%.sql}" + 0)
		if [ ! -e "${block%.sql}.done" ]; then
			failed=$((failed + 1))
			echo "${file#"$top/"}:$line: this block fails, and the rest of the file is not run"
			sed "s|$work/blocks/||" "$work/errors"
			break
		fi
		if [ -e "${block%.sql}.text" ]; then
			for side in out text; do
				# Blanks at the end of a line and lines at the end do not count.
				sed 's/[ \t]*$//' "${block%.sql}.$side" | awk '
					NF { while (blank > 0) { print ""; blank-- } print; next }
					{ blank++ }' >"$work/$side"
			done
			if ! diff -u "$work/text" "$work/out" >"$work/diff"; then
				failed=$((failed + 1))
				echo "${file#"$top/"}:$line: psql prints something else"
				sed 1,2d "$work/diff"
				continue
			fi
		fi
		passed=$((passed + 1))
	done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
