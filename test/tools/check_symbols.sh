#!/bin/sh
# check_symbols.sh LIBRARY POSTGRES SQL: what the dynamic linker would mix up.
#
# The postgres binary wins every symbol look-up.  A jansson function that it
# exports too (json_object, say) would be called there, and crash the backend;
# a function of ours that it exports too would never be called.  And the
# library exports what PostgreSQL has to find by name, nothing else.
set -eu
library=$1
postgres=$2
sql=$3
bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v nm >/dev/null || { echo "check-symbols: no nm (install binutils)" >&2; exit 2; }

# One name per line, versions such as json_loadb@@libjansson.so.4 cut off.
names()
{
	nm -D "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u
}

names --defined-only "$postgres" >"$work/postgres"
names --defined-only "$library" >"$work/exported"
names --undefined-only "$library" >"$work/wanted"
[ -s "$work/postgres" ] && [ -s "$work/exported" ] || { echo "check-symbols: nm shows nothing" >&2; exit 2; }

jansson=$(ldd "$library" | awk '$1 ~ /^libjansson/ { print $3; exit }')
[ -n "$jansson" ] && [ -r "$jansson" ] || { echo "check-symbols: $library is not linked with jansson" >&2; exit 2; }
names --defined-only "$jansson" >"$work/jansson"

# What PostgreSQL finds by name: the C functions of the install script.
awk '
	BEGIN { RS = ";" }
	/MODULE_PATHNAME/ {
		# sym is the second string of AS, or the name of the function.
		if (match($0, /MODULE_PATHNAME\047[ \t\n]*,[ \t\n]*\047[^\047]*\047/)) {
			s = substr($0, RSTART, RLENGTH)
			sub(/\047$/, "", s)
			sub(/.*\047/, "", s)
		} else if (match($0, /CREATE[ \t\n]+FUNCTION[ \t\n]+[A-Za-z0-9_@.]+/)) {
			s = substr($0, RSTART, RLENGTH)
			sub(/.*[ \t\n.]/, "", s)
		} else
			next
		print s
		print "pg_finfo_" s
	}
	END { print "Pg_magic_func"; print "_PG_init" }
' "$sql" | sort -u >"$work/intended"

report()
{
	[ -s "$2" ] || return 0
	echo "check-symbols: $1:" >&2
	sed 's/^/  /' "$2" >&2
	bad=1
}

comm -12 "$work/wanted" "$work/jansson" | comm -12 - "$work/postgres" >"$work/out"
report "jansson functions that would be PostgreSQL's" "$work/out"
comm -12 "$work/exported" "$work/postgres" >"$work/out"
report "exported by postgres too" "$work/out"
grep -E '^(iam|arn)_' "$work/wanted" >"$work/out" || :
report "called, but defined nowhere" "$work/out"
comm -23 "$work/exported" "$work/intended" >"$work/out"
report "exported, but named by no SQL function" "$work/out"
grep -vxF -e Pg_magic_func -e _PG_init "$work/intended" | comm -23 - "$work/exported" >"$work/out"
report "named by a SQL function, but not exported" "$work/out"
[ "$bad" -eq 0 ] || exit 1
echo "$(wc -l <"$work/exported") symbols exported, all intended; none shared with $postgres"
