#!/bin/sh
# demo.sh answers|shell: builds the extension in a temporary folder, starts a
# private PostgreSQL, imports the account exports named in EXPORT (default: the
# sample organization in docs/demo) and prints the answers to five questions,
# or leaves the user in psql.  Nothing of it is there afterwards.
#
# demo.sh import FILE… only imports, into the database that PGHOST and so on
# name; the other scripts use it.
set -eu
. "$(dirname "$0")/common.sh"
mode=$1
shift

# The file comes in over the client's connection, as it is: a server could not
# read below the user's home.  As CSV with a delimiter and a quote that JSON
# cannot contain, a line is a line, whatever its length.
import_file()
{
	psql -X -q -v ON_ERROR_STOP=1 -v file="$1" \
		-c 'CREATE TEMPORARY TABLE export_line (number bigint GENERATED ALWAYS AS IDENTITY, line text)' \
		-c "COPY export_line (line) FROM STDIN WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ENCODING 'UTF8')" \
		-c "SELECT count(*) FROM iam_import((SELECT ltrim(string_agg(line, E'\\n' ORDER BY number), U&'\\FEFF') FROM export_line)::json)" \
		<"$1" >/dev/null
}

# Who can assume what, drawn, where Graphviz is installed.
picture()
{
	command -v dot >/dev/null 2>&1 || return 0
	if psql -X -q -A -t -v ON_ERROR_STOP=1 -c 'SELECT iam_assume_graph_dot()' | dot -Tsvg >"$PICTURE"; then
		echo "Who can assume what, drawn: $PICTURE"
	else
		rm -f "$PICTURE"
	fi
}

if [ "$mode" = import ]; then
	for file in "$@"; do
		import_file "$file" || fail "$file: not imported"
	done
	exit
fi

if [ "$mode" = run ]; then
	# Inside the private cluster: what to do, and the files.
	mode=$1
	shift
	questions=$top/docs/demo/questions.sql
	if [ $# -eq 0 ]; then
		set -- "$top"/docs/demo/*.json
		questions=$top/docs/demo/demo.sql
	fi
	psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION iam'
	for file in "$@"; do
		say "Importing ${file#"$top/"}"
		import_file "$file" || fail "$file: not imported"
	done
	psql -X -q -c 'ANALYZE'
	if [ "$mode" = answers ]; then
		psql -X -q -v ON_ERROR_STOP=1 -P pager=off -f "$questions"
		picture
	else
		say "The questions of make demo:  \\i $questions"
		say "The tables:  \\dt iam_*     Leave with \\q; the server goes with you."
		psql -X
	fi
	exit
fi

# One name with blanks is taken as it is; else blanks separate the names.
EXPORT=${EXPORT:-}
if [ -n "$EXPORT" ] && [ -f "$EXPORT" ]; then
	set -- "$EXPORT"
else
	# shellcheck disable=SC2086 # a list of words, perhaps with wildcards
	set -- $EXPORT
fi
count=$#
for file in "$@"; do
	[ -f "$file" ] && [ -r "$file" ] || fail "cannot read $file"
	case $file in
		/*) ;;
		*) file=$PWD/$file ;;
	esac
	set -- "$@" "$file"
done
shift "$count"

PG_CONFIG=$("$tools/setup.sh") || exit 1
export PG_CONFIG
make_work_dir
copy_sources "$work/iam"
say "Building with $("$PG_CONFIG" --version), in a temporary folder"
"$MAKE" -s -C "$work/iam" -j "$(jobs)" all PG_CONFIG="$PG_CONFIG" with_llvm=no >"$work/build.log" 2>&1 || {
	tail -n 30 "$work/build.log" >&2
	fail "the build failed"
}
# The one file that stays: in the sources' folder, else wherever the user is.
PICTURE=$top/assume-graph.svg
[ -w "$top" ] || PICTURE=$PWD/assume-graph.svg
export PICTURE
cd "$work/iam"
say "Starting a private PostgreSQL (no port; removed at the end)"
"$tools/private_cluster.sh" "$tools/demo.sh" run "$mode" "$@"
