# The ground every program about archives stands on: POSIX sh with coreutils or busybox. It is the
# head of a script that a host runs; `script.py` puts it together and says what comes behind.
#
#     ASKER   "uid:gid" of who logged in, and to whom archives belong
#     ALONE   set: there is no way to become root, so do what can be done without
#
# It says lines to standard output, a word first; names in them never break a line. It ends with 77,
# nothing done, where it needs root. Work lies in $base/.partial until it is complete, one at a time.

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin
LC_ALL=C
export PATH LC_ALL
umask 077

MARGIN=10485760 # bytes of a disk that are left free
NEEDS_ROOT=77
work=
engine=
stopped=

say() {
    words=$*
    printf '%s\n' "$(printf '%s' "$words" | tr '\000-\037\177' '?')"
}

fail() {
    say "failed $*"
    exit 1
}

# Why the last command failed; on a full disk its own words found no place.
why() {
    said=$(tail -n 1 "$work/errors" 2>/dev/null)
    free=$(free_bytes "$work")
    [ -n "$said" ] || [ "${free:-$MARGIN}" -ge "$MARGIN" ] || said='the disk is full'
    printf '%s' "${said:-no reason was told}"
}

need_root() {
    [ "$(id -u)" -eq 0 ] || [ -n "$ALONE" ] || exit $NEEDS_ROOT
}

limited() {
    limit=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -s KILL "$limit" "$@"
    else
        "$@"
    fi
}

# What is written is on the disk, not only on its way.
settled() {
    sync -- "$@" 2>/dev/null || sync
}

belongs() {
    [ "$(id -u)" -ne 0 ] || chown "$ASKER" "$@"
}

checksum() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum <"$1"
    else
        shasum -a 256 <"$1"
    fi | cut -d' ' -f1
}

free_bytes() {
    # shellcheck disable=SC2046 # two numbers
    set -- $(stat -f -c '%S %a' -- "$1" 2>/dev/null || df -Pk -- "$1" | sed -n '$s/.* [0-9][0-9]*  *[0-9][0-9]*  *\([0-9][0-9]*\)  *[0-9]*% .*/1024 \1/p')
    [ $# -eq 2 ] && echo $(($1 * $2))
}

require_space() {
    free=$(free_bytes "$1")
    [ -z "$free" ] || [ "$free" -ge $(($2 + MARGIN)) ] || {
        say "space $2 $free"
        exit 1
    }
}

numeric=
tar --numeric-owner -cf /dev/null /dev/null 2>/dev/null && numeric=--numeric-owner
literal=
tar --quoting-style=literal -cf /dev/null /dev/null 2>/dev/null && literal=--quoting-style=literal

# Names one a line, whatever a tar's way to show what is not a plain character.
listed() {
    sed -e 's,/$,,' -e 's,^\./,,' | tr -c '\n -~' '?' | sort
}

names_in() {
    # shellcheck disable=SC2086 # no word where it is not known
    gzip -dc <"$1" | tar $literal -tf -
}

files_in() {
    gzip -dc <"$1" | tar -tf - | grep -vc '/$'
}

unpacked() {
    # shellcheck disable=SC2086
    gzip -dc <"$1" | (cd "$2" && tar $numeric -xpf -)
}

# The engine that knows the container, by the first way there is.
find_engine() {
    for engine in docker podman 'sudo -n docker' 'sudo -n podman'; do
        command -v "${engine##* }" >/dev/null 2>&1 || continue
        state_of "$1" >/dev/null && return
    done
    engine=
    return 1
}

state_of() {
    # shellcheck disable=SC2086 # a way of two words
    limited 15 $engine inspect --type container --format '{{.State.Status}}' "$1" 2>/dev/null </dev/null
}

stop() {
    printf '%s\n' "$engine" "$1" >"$work/stopped"
    stopped=$1
    # shellcheck disable=SC2086
    $engine stop "$1" >/dev/null 2>"$work/errors" </dev/null || fail "can't stop $1: $(why)"
    say "stopped $1"
}

# In a session of its own where we are being ended, or it would be ended with us.
start_again() {
    [ -n "$stopped" ] || return 0
    apart=
    [ -z "$ending" ] || ! command -v setsid >/dev/null 2>&1 || apart=setsid
    # shellcheck disable=SC2086
    if $apart $engine start "$stopped" >/dev/null 2>&1 </dev/null; then
        say "started $stopped"
    else
        say "left-stopped $stopped"
    fi
    stopped=
    rm -f "$work/stopped"
}

# Also what the copy holds of folders that are not to be written to.
take_away() {
    [ ! -d "$1" ] || chmod -R u+rwX "$1" 2>/dev/null
    rm -rf "$1"
}

ending=
tidying=
tidy() {
    status=$? tidying=1
    trap '' EXIT TERM INT HUP
    start_again
    [ -z "$work" ] || take_away "$work"
    [ -z "$watcher" ] || kill -KILL "$watcher" 2>/dev/null
    exit $status
}
# The signal comes more than once, and the second must not cut off what the first began.
end() {
    [ -z "$tidying" ] || return 0
    trap '' TERM INT HUP
    ending=1
    exit 143
}
trap tidy EXIT
trap end TERM INT HUP

# Whoever listens to us is at the other end of standard input. Once is not enough: a child that is
# just being made may miss a signal, and we would wait for it.
exec 4<&0 </dev/null
{
    trap '' TERM
    cat <&4
    for _ in 1 2 3 4 5 6 7 8; do
        kill -TERM 0
        sleep 0.1 || sleep 1
    done
} >/dev/null 2>&1 &
watcher=$!
exec 4<&-

works_still() {
    [ -n "$1" ] && [ "$1" != $$ ] || return 1
    if [ -d /proc/self ]; then
        grep -qs media-recorder-archives "/proc/$1/cmdline"
    else
        kill -0 "$1" 2>/dev/null
    fi
}

# Neither packed nor moved is what we work in ourselves.
keep_apart() {
    case $(cd "$work" && pwd -P)/ in
        "$(cd "$1" 2>/dev/null && pwd -P)"/*) fail "archives may not lie in $1 itself: name another --folder" ;;
    esac
}

# A place to work in, below a folder; what a killed run left there goes first.
begin_work() {
    mkdir -p "$1" 2>/dev/null
    [ -w "$1" ] || need_root
    [ -w "$1" ] || fail "can't write to $1"
    place=$1/.partial
    if ! mkdir "$place" 2>/dev/null; then
        [ ! -L "$place" ] || fail "can't work in $place"
        [ -r "$place/pid" ] || need_root
        works_still "$(cat "$place/pid" 2>/dev/null)" && fail "another run works in $1; try again when it is done"
        if [ -f "$place/moved" ]; then
            { IFS= read -r folder_was && IFS= read -r aside_is; } <"$place/moved"
            [ -e "$folder_was" ] || [ ! -e "$aside_is" ] || mv "$aside_is" "$folder_was" || need_root
        fi
        if [ -f "$place/stopped" ]; then
            { read -r engine && read -r stopped; } <"$place/stopped"
            work=$place
            start_again
            work=
        fi
        take_away "$place" 2>/dev/null || need_root
        mkdir "$place" || fail "can't work in $1"
        say "cleared what a run that was killed left in $1"
    fi
    work=$place
    echo $$ >"$work/pid" || fail "can't write to $1"
}
