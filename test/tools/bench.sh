#!/bin/sh
# bench.sh: the benchmarks, on a copy of the sources in a temporary folder and a
# private PostgreSQL.  POLICIES names a file of policies, a JSON object
# {"name": …, "doc": {the policy}} a line, AWS's managed policies among them.
# ACCOUNTS: sizes of the made-up organizations, in accounts of 1,000 roles.
set -eu
. "$(dirname "$0")/common.sh"

POLICIES=${POLICIES:-}
[ -n "$POLICIES" ] && [ -r "$POLICIES" ] ||
	fail "name the policies to measure with: make bench POLICIES=FILE, one {\"name\": …, \"doc\": {the policy}} a line"
POLICIES=$(cd "$(dirname "$POLICIES")" && pwd)/$(basename "$POLICIES")
export POLICIES
ACCOUNTS=${ACCOUNTS:-10 100}

PG_CONFIG=$("$tools/setup.sh") || exit 1
export PG_CONFIG
make_work_dir
copy_sources "$work/iam"
cd "$work/iam"
"$MAKE" -s -j "$(jobs)" all PG_CONFIG="$PG_CONFIG" with_llvm=no >"$work/build.log" 2>&1 || {
	tail -n 30 "$work/build.log" >&2
	fail "the build failed"
}
cc -std=c99 -O2 -Isrc/core -o "$work/core_bench" test/bench/core_bench.c src/core/*.c -ljansson
echo "The core, outside PostgreSQL, one thread"
"$work/core_bench" "$POLICIES"
echo
echo "Through SQL, $("$PG_CONFIG" --version), one process, jit off, medians of five"
"$tools/private_cluster.sh" psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION iam' -f test/bench/sql_bench.sql
echo
echo "Whole organizations, jit off, medians of five, parallel query on"
SERVER_OPTIONS='-c shared_buffers=2GB -c max_wal_size=8GB -c maintenance_work_mem=512MB -c synchronous_commit=off'
export SERVER_OPTIONS
"$tools/private_cluster.sh" sh test/bench/scale_bench.sh "$POLICIES" $ACCOUNTS
echo
echo "The assume graph, five edges a role, one process, jit off, medians of five"
"$tools/private_cluster.sh" psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION iam' -f test/bench/graph_bench.sql
