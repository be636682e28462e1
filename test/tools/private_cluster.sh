#!/bin/sh
# private_cluster.sh COMMAND [ARGUMENT]…: runs the command with a private
# PostgreSQL that has the extension.
#
# Called in a folder where the extension is built.  Copies the PostgreSQL behind
# PG_CONFIG into a temporary folder, installs the extension into the copy,
# starts a new cluster there, which listens on a Unix socket in that folder
# and on no port, and removes everything when the command has ended.  The
# command finds the server by PGHOST, PGPORT and PGUSER, and psql first in the
# PATH.  SERVER_OPTIONS: further options of the server.
set -eu
. "$(dirname "$0")/common.sh"
PG_CONFIG=${PG_CONFIG:-pg_config}
bin=$("$PG_CONFIG" --bindir)
lib=$("$PG_CONFIG" --pkglibdir)
share=$("$PG_CONFIG" --sharedir)

base=
run=
data=
started=

# Root may not run PostgreSQL: the server then runs as another user.
user=
if [ "$(id -u)" = 0 ]; then
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	group=$(id -g "$user")
fi

as_server()
{
	if [ -z "$user" ]; then
		"$@"
	elif command -v setpriv >/dev/null 2>&1; then
		(cd "$run" && exec setpriv --reuid="$user" --regid="$group" --clear-groups "$@")
	else
		(cd "$run" && exec su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@")
	fi
}

cleanup()
{
	status=$?
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$data" ] && [ -f "$data/postmaster.pid" ]; then
		as_server "$rbin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || :
	fi
	if [ -z "$started" ] && [ -n "$run" ] && [ -s "$run/log" ]; then
		tail -n 20 "$run/log" >&2
	fi
	[ -z "$base" ] || rm -rf "$base"
	[ -z "$run" ] || rm -rf "$run"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The server's user has to get there: TMPDIR may be below a private home.
for dir in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
	base=$(mktemp -d "$dir/iam-pg.XXXXXX") || continue
	chmod 755 "$base"
	run=$base
	if as_server test -x "$base" 2>/dev/null; then break; fi
	rm -rf "$base"
	base=
	run=
done
[ -n "$base" ] || fail "no temporary folder that $user can enter"

# A socket's whole name may have 107 bytes.
run=$base/run
if [ ${#run} -gt 85 ]; then
	run=$(mktemp -d /tmp/iam-pg.XXXXXX)
else
	mkdir "$run"
fi
chmod 700 "$run"
[ -z "$user" ] || chown "$user" "$run"

# PostgreSQL finds its files from where its program lies: the copy has them at
# the same relative places.
root=$base/root
rbin=$root$bin
mkdir -p "$root$bin" "$root$lib" "$root$share"
cp -RpL "$bin/." "$root$bin"
cp -Rp "$lib/." "$root$lib"
# Dictionaries may be links to packages that are gone: initdb tells what matters.
cp -RpL "$share/." "$root$share" 2>/dev/null || :
"$MAKE" -s install PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="$root" >"$base/install.log" 2>&1 || {
	cat "$base/install.log" >&2
	fail "make install failed"
}

data=$run/data
as_server "$rbin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C -N >"$base/initdb.log" 2>&1 || {
	cat "$base/initdb.log" >&2
	fail "initdb failed"
}
as_server "$rbin/pg_ctl" -D "$data" -l "$run/log" -w -t 60 \
	-o "-F -c listen_addresses='' -c unix_socket_directories='$run' -c unix_socket_permissions=0777 -p 5432 ${SERVER_OPTIONS:-}" \
	start >/dev/null || fail "the server did not start"
started=yes

unset PGSERVICE PGSERVICEFILE PGOPTIONS PGHOSTADDR PGPASSWORD PGPASSFILE PGSSLMODE PGCLIENTENCODING
export PGHOST="$run" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
export PG_CONFIG PATH="$rbin:$PATH"

# The command gets the keyboard's interrupt itself; psql, say, goes on after it.
trap : INT
status=0
"$@" || status=$?
trap 'exit 130' INT
exit "$status"
