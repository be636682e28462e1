#!/bin/sh
# reference_coverage.sh [FILE]: lists the objects of the extension, and the columns
# of its tables, that docs/reference.md does not name, and what it names that is not
# there.  Run with a server that PGHOST and so on name; makes a database of its own.
set -eu
. "$(dirname "$0")/common.sh"
make_work_dir
reference=${1:-$top/docs/reference.md}

psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE DATABASE reference_coverage' || fail "cannot create a database"
export PGDATABASE=reference_coverage
psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION iam'

# An operator is named with its operands, in backquotes: `arn ~ arn_pattern`.
psql -X -q -A -t -v ON_ERROR_STOP=1 >"$work/all" <<'SQL'
WITH member AS (
	SELECT d.classid, d.objid
	FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'iam'
	WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
SELECT 'name ' || p.proname FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
UNION
SELECT 'name ' || c.relname FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
WHERE c.relkind IN ('r', 'v', 'm', 'p')
UNION
SELECT 'column ' || c.relname || ' ' || a.attname
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'v', 'm', 'p')
UNION
SELECT 'name ' || t.typname FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
WHERE t.typcategory <> 'A'
UNION
SELECT 'name ' || o.opcname FROM member AS m JOIN pg_opclass AS o ON m.classid = 'pg_opclass'::regclass AND o.oid = m.objid
UNION
SELECT format('operator %s %s %s', l.typname, o.oprname, r.typname)
FROM member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
JOIN pg_type AS l ON l.oid = o.oprleft JOIN pg_type AS r ON r.oid = o.oprright
ORDER BY 1;
SQL
[ -s "$work/all" ] || fail "the extension has no objects"

# The columns of a table stand in the rows that follow its name in bold, up to an empty line.
awk -v q='`' '
	/^\*\*`/ { split($0, part, q); table = part[2]; rows = 0; next }
	!NF && rows { table = "" }
	table != "" && /^\| `/ { split($0, part, q); print "column " table " " part[2]; rows = 1 }
' "$reference" >"$work/columns"
while read -r kind object; do
	case $kind in
		name) grep -qwF -- "$object" "$reference" ;;
		operator) grep -qF -- "\`$object\`" "$reference" ;;
		column) grep -qxF -- "column $object" "$work/columns" ;;
	esac || echo "missing: $kind $object"
done <"$work/all" >"$work/report"

# Names in code that begin like ours have to be objects, columns or file names.
sed -n 's/^name //p; s/^column [^ ]* //p' "$work/all" | sort -u >"$work/names"
grep -oE '`[^`]*`' "$reference" | grep -oE '\b(iam|arn)_[a-z0-9_]+' | sort -u >"$work/used"
comm -13 "$work/names" "$work/used" | sed 's/^/not in the extension: /' >>"$work/report"
grep -vxFf "$work/all" "$work/columns" | sed 's/^/not in the extension: /' >>"$work/report" || :

cat "$work/report"
echo "reference: $(wc -l <"$work/all") names, wrong: $(wc -l <"$work/report")"
[ ! -s "$work/report" ]
