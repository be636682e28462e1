#!/bin/sh
# import_bench.sh FOLDER [SESSIONS]: imports all exports of a folder
# (generate_organization.pl makes one) into a new database, each session its share
# of the files, and prints time, speed, rows, and each session's peak memory: all of
# it, and without the server's shared memory (sampled).  The baseline is loading the
# same files as jsonb, with as many sessions.  Runs against the server that PGHOST
# and so on name, on this machine.
set -eu
folder=$1
sessions=${2:-1}
work=$(mktemp -d "${TMPDIR:-/tmp}/iam-import-bench.XXXXXX")
trap 'status=$?; trap - EXIT INT TERM HUP; rm -rf "$work"; exit $status' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
psql -X -q -d postgres -c 'DROP DATABASE IF EXISTS iam_import_bench' -c 'CREATE DATABASE iam_import_bench' 2>/dev/null
export PGDATABASE=iam_import_bench
psql -X -q -c 'CREATE EXTENSION iam'
bytes=$(cat "$folder"/*.json | wc -c)

# script NUMBER COMMAND: what one session does: reads each of its files into the
# table export_line, runs the command on it, and ends with its peak memory
script()
{
	# printf: echo may read backslashes
	printf '%s\n' '\set ON_ERROR_STOP on' 'SET client_min_messages = warning; SET jit = off;' \
		'SELECT pg_backend_pid() AS "PID" \gset' '\setenv PID :PID' \
		"\\! while [ -r /proc/\$PID/status ]; do sed -n 's/^RssAnon:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/\$PID/status; sleep 0.2; done >'$work/rss.$1' 2>/dev/null &" \
		'CREATE TEMP TABLE export_line (number bigint GENERATED ALWAYS AS IDENTITY, line text);'
	number=0
	for file in "$folder"/*.json; do
		number=$((number + 1))
		[ $((number % sessions)) = $(($1 - 1)) ] || continue
		printf '%s\n' "\\copy export_line (line) FROM '$file' WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')" \
			"$2" 'TRUNCATE export_line;'
	done
	printf '%s\n' '\! grep VmHWM "/proc/$PID/status" | tr -s " \t" " "'
}

# load COMMAND: all sessions at once; leaves the milliseconds in $elapsed
load()
{
	session=1
	while [ "$session" -le "$sessions" ]; do
		script "$session" "$1" >"$work/session.$session"
		session=$((session + 1))
	done
	start=$(date +%s%N)
	pids=
	session=1
	while [ "$session" -le "$sessions" ]; do
		psql -X -q -A -t -f "$work/session.$session" >"$work/out.$session" &
		pids="$pids $!"
		session=$((session + 1))
	done
	for pid in $pids; do
		wait "$pid"
	done
	end=$(date +%s%N)
	elapsed=$(((end - start) / 1000000))
	[ "$elapsed" -gt 0 ] || elapsed=1
	rate=$((bytes / 100 / elapsed))
	echo "$elapsed ms, $((rate / 10)).$((rate % 10)) MB/s"
	session=1
	while [ "$session" -le "$sessions" ]; do
		echo "session $session: $(tail -n 1 "$work/out.$session"), without shared memory $(sort -n "$work/rss.$session" | tail -n 1) kB"
		session=$((session + 1))
	done
}

echo "files: $(ls "$folder"/*.json | wc -l), $bytes bytes; sessions: $sessions"
echo "baseline, as jsonb:"
psql -X -q -c 'CREATE TABLE plain (doc jsonb)'
load "INSERT INTO plain SELECT string_agg(line, E'\n' ORDER BY number)::jsonb FROM export_line;"
baseline=$elapsed
psql -X -q -c 'DROP TABLE plain'
echo "iam_import:"
load "SELECT count(*) FROM iam_import((SELECT string_agg(line, E'\n' ORDER BY number) FROM export_line)::json);"
echo "ratio: $((elapsed * 100 / baseline)) %"
psql -X -c "SELECT (SELECT count(*) FROM iam_account) AS accounts, (SELECT count(*) FROM iam_identity) AS identities,
	(SELECT count(*) FROM iam_attachment) AS attachments, (SELECT count(*) FROM iam_inline_policy) AS inline_policies,
	(SELECT count(*) FROM iam_trust) AS trusts, (SELECT count(*) FROM iam_import_problem) AS problems"
