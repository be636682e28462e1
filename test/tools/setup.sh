#!/bin/sh
# setup.sh: makes sure that everything the build and the tests need is there
# (a C compiler, a PostgreSQL server of 15 to 18 with its headers, jansson) and
# prints the pg_config to use, and nothing else, on standard output.
#
#   setup.sh         installs what is missing with apt-get, as root or with sudo;
#                    with another package manager it says what to install
#   setup.sh --say   installs nothing: says what to install
#
# PG_CONFIG chooses the PostgreSQL.  Without it: the pg_config of the PATH if
# its server and headers are there, then the newest complete one, then the
# newest installed server (to which the headers are added), then what the
# distribution has.  No cluster is created and no server is started: Debian's
# "main" cluster is switched off while the packages are being installed.
set -eu
mode=${1:-install}
asked=${PG_CONFIG:-pg_config}

say()
{
	echo "$*" >&2
}

# ---------------------------------------------------------------- what is there

major_of()
{
	"$1" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p'
}

# A pg_config with everything behind it: Debian's libpq-dev brings one whose
# server and headers need not be installed.
complete()
{
	command -v "$1" >/dev/null 2>&1 || return 1
	major=$(major_of "$1")
	[ -n "$major" ] && [ "$major" -ge 15 ] || return 1
	bin=$("$1" --bindir)
	[ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] && [ -x "$bin/psql" ] &&
		[ -r "$("$1" --includedir-server)/postgres.h" ] && [ -r "$("$1" --pgxs)" ]
}

find_pg_config()
{
	if complete "$asked"; then
		command -v "$asked"
		return
	fi
	[ "$asked" = pg_config ] || return 1
	for v in 18 17 16 15; do
		for dir in /usr/lib/postgresql/$v /usr/pgsql-$v /usr/libexec/postgresql$v /usr/lib/postgresql$v \
			/opt/homebrew/opt/postgresql@$v /usr/local/opt/postgresql@$v /usr/local/pgsql; do
			if [ -x "$dir/bin/pg_config" ] && complete "$dir/bin/pg_config"; then
				echo "$dir/bin/pg_config"
				return
			fi
		done
	done
	return 1
}

have_compiler()
{
	{ command -v gcc || command -v clang; } >/dev/null 2>&1 && command -v cc >/dev/null 2>&1 &&
		printf '#include <stdio.h>\n' | cc -E - >/dev/null 2>&1
}

have_jansson()
{
	printf '#include <jansson.h>\n' | cc ${CPPFLAGS:-} -E - >/dev/null 2>&1
}

# Only pictures need Graphviz: where apt-get is not there to bring it, go without.
wants_graphviz()
{
	[ "$mode" != --say ] && command -v apt-get >/dev/null 2>&1 && ! command -v dot >/dev/null 2>&1
}

missing()
{
	have_compiler || printf 'compiler '
	have_jansson || printf 'jansson '
	find_pg_config >/dev/null || printf 'postgresql '
	! wants_graphviz || printf 'graphviz '
}

# ---------------------------------------------------------------- packages

# The version to install: the one PG_CONFIG names, else of the newest server
# that lacks only its headers, else the distribution's.
apt_version()
{
	case $asked in
		/usr/lib/postgresql/*/bin/pg_config)
			v=${asked#/usr/lib/postgresql/}
			echo "${v%%/*}"
			return
			;;
	esac
	for v in 18 17 16 15; do
		if [ -x /usr/lib/postgresql/$v/bin/postgres ]; then
			echo $v
			return
		fi
	done
	apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

packages()
{
	for what in $lacking; do
		case $what:$1 in
			compiler:apt) printf 'gcc libc6-dev make ' ;;
			compiler:dnf) printf 'gcc make redhat-rpm-config ' ;;
			compiler:zypper) printf 'gcc make ' ;;
			compiler:apk) printf 'build-base ' ;;
			compiler:pacman) printf 'base-devel ' ;;
			jansson:apt) printf 'libjansson-dev ' ;;
			jansson:dnf) printf 'jansson-devel ' ;;
			jansson:zypper) printf 'libjansson-devel ' ;;
			jansson:apk) printf 'jansson-dev ' ;;
			jansson:pacman | jansson:brew) printf 'jansson ' ;;
			graphviz:apt) printf 'graphviz ' ;;
			postgresql:apt) printf 'postgresql-%s postgresql-server-dev-%s ' "$version" "$version" ;;
			postgresql:dnf) printf 'postgresql-server postgresql-server-devel ' ;;
			postgresql:zypper) printf 'postgresql-server postgresql-server-devel ' ;;
			postgresql:apk) printf 'postgresql16 postgresql16-dev ' ;;
			postgresql:pacman) printf 'postgresql ' ;;
			postgresql:brew) printf 'postgresql@16 ' ;;
		esac
	done
}

name_what_is_missing()
{
	for what in $lacking; do
		case $what in
			compiler) say "Missing: a C compiler" ;;
			graphviz) say "Missing: Graphviz (dot), for pictures" ;;
			jansson) say "Missing: jansson with its header (jansson.h)" ;;
			postgresql)
				if [ "$asked" = pg_config ]; then
					say "Missing: PostgreSQL 15, 16, 17 or 18, the server and its headers"
				else
					say "Missing: the server, the headers or PGXS of PostgreSQL 15 to 18 behind PG_CONFIG=$asked"
				fi
				;;
		esac
	done
}

# The command to type, by the package manager that is there.
name_the_command()
{
	if command -v apt-get >/dev/null 2>&1; then
		version=$(apt_version)
		version=${version:-15}
		say "Install it:  ${sudo}apt-get install $(packages apt)"
	elif command -v dnf >/dev/null 2>&1; then
		say "Install it:  ${sudo}dnf install $(packages dnf)"
	elif command -v zypper >/dev/null 2>&1; then
		say "Install it:  ${sudo}zypper install $(packages zypper)"
	elif command -v apk >/dev/null 2>&1; then
		say "Install it:  ${sudo}apk add $(packages apk)"
	elif command -v pacman >/dev/null 2>&1; then
		say "Install it:  ${sudo}pacman -S $(packages pacman)"
	elif command -v brew >/dev/null 2>&1; then
		case $lacking in *compiler*) say "Install it:  xcode-select --install" ;; esac
		say "Install it:  brew install $(packages brew)"
		say "Where jansson.h is not found then:  export CPATH=\$(brew --prefix)/include LIBRARY_PATH=\$(brew --prefix)/lib"
	else
		say "Install a C compiler, make, PostgreSQL 15 to 18 with its server headers, and jansson (2.7 or newer)."
	fi
	say "Where pg_config is not in the PATH, name it:  make … PG_CONFIG=/path/to/pg_config"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a "$@"
	else
		sudo env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a "$@"
	fi
}

# Debian creates and starts a cluster "main" on the default port with every
# server package; a drop-in of ours says no for as long as we install.
conf_dir=/etc/postgresql-common/createcluster.d
conf=$conf_dir/zz-iam-setup.conf

end_of_install()
{
	status=$?
	trap - EXIT INT TERM HUP
	if [ -e "$conf" ]; then
		as_root rm -f "$conf" || :
		as_root rmdir "$conf_dir" 2>/dev/null || :
	fi
	if [ "$status" -ne 0 ] && [ -s "$log" ]; then
		tail -n 30 "$log" >&2
		say "apt-get did not succeed."
	fi
	rm -f "$log"
	exit "$status"
}

install_with_apt()
{
	say "Installing with apt-get, as root: what is missing (a minute or two)"
	log=$(mktemp)
	trap end_of_install EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	as_root true || exit 1
	# Where the lists cannot be had, old ones may do.
	as_root apt-get -q update </dev/null >"$log" 2>&1 || :
	version=$(apt_version)
	if [ -z "$version" ] || [ "$version" -lt 15 ]; then
		say "This distribution has no PostgreSQL 15 or newer; the project's packages are at https://wiki.postgresql.org/wiki/Apt"
		exit 1
	fi
	list=$(packages apt)
	say "  $list"
	as_root mkdir -p "$conf_dir" || exit 1
	echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null || exit 1
	# shellcheck disable=SC2086 # a list of words
	as_root apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install $list </dev/null >>"$log" 2>&1
}

# ---------------------------------------------------------------- what to do

sudo=
[ "$(id -u)" = 0 ] || sudo='sudo '
lacking=$(missing)
if [ -n "$lacking" ]; then
	if [ "$mode" = --say ] || ! command -v apt-get >/dev/null 2>&1; then
		name_what_is_missing
		name_the_command
		exit 1
	fi
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
		name_what_is_missing
		say "This needs root, and there is no sudo."
		name_the_command
		exit 1
	fi
	# A subshell: its traps end with it.
	(install_with_apt) || {
		name_what_is_missing
		name_the_command
		exit 1
	}
	lacking=$(missing)
	if [ -n "$lacking" ]; then
		name_what_is_missing
		name_the_command
		exit 1
	fi
fi
if [ "$mode" = --say ]; then
	say "Everything is installed, but not in the PATH:  make … PG_CONFIG=$(find_pg_config)"
else
	find_pg_config
fi
