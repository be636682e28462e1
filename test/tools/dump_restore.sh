#!/bin/sh
# dump_restore.sh: imports the sample organization, dumps the database, restores
# it into another one and compares every table of the extension.  Runs against
# the server that PGHOST and so on name; the last line says what was compared.
set -eu
. "$(dirname "$0")/common.sh"

make_work_dir
for db in iam_dump_from iam_dump_to; do
	psql -X -q -d postgres -c "DROP DATABASE IF EXISTS $db" -c "CREATE DATABASE $db" 2>/dev/null
done
PGDATABASE=iam_dump_from
export PGDATABASE
# a schema whose name needs quotes, beside the default one, must do
psql -X -q -c 'CREATE SCHEMA "the iam"' -c 'CREATE EXTENSION iam SCHEMA "the iam"' \
	-c 'ALTER DATABASE iam_dump_from SET search_path = "the iam", public' \
	-c 'ALTER DATABASE iam_dump_to SET search_path = "the iam", public'
"$tools/demo.sh" import "$top"/docs/demo/*.json
psql -X -q -c "INSERT INTO iam_quota_override VALUES ('trust_policy_size', 4096)" \
	-c "INSERT INTO iam_rcp_service_override VALUES ('example', true)"

# one line for each table: its name, its rows, a hash of what is in them
contents()
{
	psql -X -q -A -t -d "$1" -v ON_ERROR_STOP=1 <<-'SQL'
		SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C"), '''')) FROM %s AS t;', c.relname, c.oid::regclass)
		FROM pg_extension AS e
		JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_class'::regclass
		JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'r'
		WHERE e.extname = 'iam' ORDER BY c.relname COLLATE "C" \gexec
	SQL
}
contents iam_dump_from >"$work/before"
pg_dump -d iam_dump_from >"$work/dump.sql"
psql -X -q -v ON_ERROR_STOP=1 -d iam_dump_to -f "$work/dump.sql" >/dev/null
contents iam_dump_to >"$work/after"
diff "$work/before" "$work/after"
rows=$(awk -F'|' '{ n += $2 } END { print n }' "$work/after")
filled=$(awk -F'|' '$2 > 0' "$work/after" | grep -c .)
[ "$filled" -ge 15 ] || fail "only $filled tables hold anything"
psql -X -q -d postgres -c 'DROP DATABASE iam_dump_from' -c 'DROP DATABASE iam_dump_to'
echo "$(grep -c . "$work/after") tables, $filled of them filled, $rows rows alike"
