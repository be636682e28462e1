#!/bin/sh
# import_bench.sh FOLDER: imports all exports of a folder (generate_organization.pl
# makes one) in one session, into a new database, and prints time, rows and the
# session's peak memory; the baseline is loading the same files as jsonb.  Runs
# against the server that PGHOST and so on name, on this machine.
set -eu
folder=$1
psql -X -q -d postgres -c 'DROP DATABASE IF EXISTS iam_import_bench' -c 'CREATE DATABASE iam_import_bench' 2>/dev/null
export PGDATABASE=iam_import_bench
psql -X -q -c 'CREATE EXTENSION iam'
bytes=$(cat "$folder"/*.json | wc -c)

# load COMMAND…: a session that reads each file into the table export, runs what
# follows on it, and ends with its peak memory
load()
{
	{
		# printf: echo may read backslashes
		printf '%s\n' '\set ON_ERROR_STOP on' 'SET client_min_messages = warning; SET jit = off;' \
			'CREATE TEMP TABLE export_line (number bigint GENERATED ALWAYS AS IDENTITY, line text);'
		for file in "$folder"/*.json; do
			printf '%s\n' "\\copy export_line (line) FROM '$file' WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')" \
				"$1" 'TRUNCATE export_line;'
		done
		printf '%s\n' 'SELECT pg_backend_pid() AS "PID" \gset' '\setenv PID :PID' \
			'\! grep VmHWM "/proc/$PID/status" | tr -s " \t" " "'
	} >"${TMPDIR:-/tmp}/iam-import-bench.$$.sql"
	start=$(date +%s%N)
	psql -X -q -A -t -f "${TMPDIR:-/tmp}/iam-import-bench.$$.sql" | tail -n 1
	end=$(date +%s%N)
	rm -f "${TMPDIR:-/tmp}/iam-import-bench.$$.sql"
	echo "$(((end - start) / 1000000)) ms"
}

echo "files: $(ls "$folder"/*.json | wc -l), $bytes bytes"
echo "baseline, as jsonb:"
psql -X -q -c 'CREATE TABLE plain (doc jsonb)'
load "INSERT INTO plain SELECT string_agg(line, E'\n' ORDER BY number)::jsonb FROM export_line;"
echo "iam_import:"
load "SELECT count(*) FROM iam_import((SELECT string_agg(line, E'\n' ORDER BY number) FROM export_line)::json);"
psql -X -c "SELECT (SELECT count(*) FROM iam_account) AS accounts, (SELECT count(*) FROM iam_identity) AS identities,
	(SELECT count(*) FROM iam_attachment) AS attachments, (SELECT count(*) FROM iam_inline_policy) AS inline_policies,
	(SELECT count(*) FROM iam_trust) AS trusts, (SELECT count(*) FROM iam_import_problem) AS problems"
