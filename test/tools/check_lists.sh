#!/bin/sh
# check_lists.sh TOP GENERATED PATTERNS LIST [PATTERNS LIST]…: compares each of
# the Makefile's lists with the files on disk.  Fails on a file that is in no
# list, on a listed file that is not there, and on a regression test that a
# file of sql/ would be run in place of.
set -eu
cd "$1"
generated=$2
shift 2
bad=0
files=0
complain()
{
	echo "check-lists: $*" >&2
	bad=$((bad + 1))
}

while [ $# -ge 2 ]; do
	for file in $1; do
		[ -e "$file" ] || continue
		[ "$file" != "$generated" ] || continue
		name=$file
		# An alternative result, T_1.out, belongs to T.
		case $file in
			expected/*_[0-9].out) [ ! -e "${file%_[0-9].out}.out" ] || name=${file%_[0-9].out}.out ;;
		esac
		files=$((files + 1))
		case " $2 " in
			*" $name "*) ;;
			*) complain "$file is in no list of the Makefile" ;;
		esac
	done
	for file in $2; do
		[ -e "$file" ] || complain "$file is in the Makefile, but not on disk"
	done
	shift 2
done

for file in test/sql/*.sql; do
	name=${file##*/}
	[ ! -e "sql/$name" ] || complain "pg_regress would run sql/$name in place of $file: rename one"
done

[ "$bad" -eq 0 ] || exit 1
echo "$files files, each in its list"
