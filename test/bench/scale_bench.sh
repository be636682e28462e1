#!/bin/sh
# scale_bench.sh POLICIES ACCOUNTS...: for each number of accounts, of 1,000 roles
# and 20 users each, makes up an organization, imports it with as many sessions as
# there are processors, and measures the questions over it; then how they grow from
# the first size to the last.  POLICIES has AWS's managed policies.  1,000 accounts
# need 12 GB of disk and about half an hour.  Runs against the server that PGHOST
# and so on name, on this machine.
set -eu
policies=$1
shift
bench=$(dirname "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/iam-scale-bench.XXXXXX")
trap 'status=$?; trap - EXIT INT TERM HUP; rm -rf "$work"; exit $status' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# the whole assume graph anew, each session its share of the accounts
refresh_in_sessions()
{
	PGDATABASE=iam_import_bench psql -X -q -c 'TRUNCATE iam_assume_edge'
	start=$(date +%s%N)
	pids=
	session=0
	while [ "$session" -lt "$1" ]; do
		PGDATABASE=iam_import_bench psql -X -q -A -t -c "SET jit = off; SET work_mem = '256MB'" \
			-c "SELECT iam_assume_edge_refresh(ARRAY(SELECT a.id FROM (SELECT s.account_id AS id, row_number() OVER (ORDER BY s.account_id) AS n FROM iam_stored_accounts() AS s) AS a
				WHERE a.n % $1 = $session))" >>"$work/edges" &
		pids="$pids $!"
		session=$((session + 1))
	done
	for pid in $pids; do
		wait "$pid"
	done
	echo "iam_assume_edge_refresh of all roles in $1 sessions: $((($(date +%s%N) - start) / 1000000)) ms"
}

# what VACUUM finds visible to all is read in indexes alone; nobody else may be reading meanwhile
settle()
{
	while [ "$(PGDATABASE=iam_import_bench psql -X -A -t -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = current_database()")" != 0 ]; do
		sleep 1
	done
	PGDATABASE=iam_import_bench psql -X -q -c 'VACUUM ANALYZE'
}

for accounts in "$@"; do
	echo
	echo "An organization of $accounts accounts of 1,000 roles and 20 users"
	perl "$bench/generate_organization.pl" "$work/exports" accounts="$accounts" roles=1000 users=20 policies="$policies"
	sh "$bench/import_bench.sh" "$work/exports" "$(nproc)"
	rm -rf "$work/exports"
	settle
	refresh_in_sessions "$(nproc)"
	settle
	PGDATABASE=iam_import_bench psql -X -q -v out="$work/figures.$accounts" -f "$bench/scale_bench.sql"
	last=$accounts
done
if [ "$#" -gt 1 ]; then
	echo "Growth from $1 to $last accounts ($((last / $1)) times as many principals)"
	awk -F '\t' 'NR == FNR { first[$1] = $2; next } { printf "%-52s %10.2f ms -> %10.2f ms  %7.1f x\n", $1, first[$1], $2, $2 / (first[$1] > 0 ? first[$1] : 1) }' \
		"$work/figures.$1" "$work/figures.$last"
fi
