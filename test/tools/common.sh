# common.sh: what the scripts beside it share; read with `.`.

tools=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$tools/../.." && pwd)
MAKE=${MAKE:-make}

# The outer make's flags and job server are not the inner one's.
unset MAKEFLAGS MFLAGS MAKELEVEL

say()
{
	echo "$*" >&2
}

fail()
{
	echo "${0##*/}: $*" >&2
	exit 3
}

jobs()
{
	nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}

# make_work_dir: sets $work, a temporary folder that is removed at the end,
# however the script ends.
make_work_dir()
{
	work=$(mktemp -d "${TMPDIR:-/tmp}/iam.XXXXXX")
	trap 'status=$?; trap - EXIT INT TERM HUP; rm -rf "$work"; exit $status' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# copy_sources DIR: the sources without what an earlier build left, so that
# building them touches nothing in the user's folder, as whatever user.
copy_sources()
{
	mkdir -p "$1"
	version=$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$top/iam.control")
	(cd "$top" && tar -cf - --exclude='*.o' --exclude='*.d' --exclude='*.bc' --exclude='*.so' --exclude="iam--$version.sql" \
		Makefile iam.control sql src expected test docs README.md) | (cd "$1" && tar -xf -)
}
