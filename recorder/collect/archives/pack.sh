# Pack one folder:
#
#     BASE LABEL NAME FOLDER CONTAINER STOP FATE EXCLUDED...
#
# into BASE/LABEL/NAME.tar.gz with its checksum beside it, or (FATE `send`) to standard output
# behind the line `archive SIZE SHA256`. CONTAINER uses the folder, `-` for none; STOP is `stop` to
# stop it meanwhile. EXCLUDED is a test for find(1). What is packed is copied first, so that it
# stands still while it is packed, listed and compared; a database is copied by SQLite itself.

base=$1 label=$2 name=$3 folder=$4 container=$5 stop=$6 fate=$7
shift 7

[ -x "$folder" ] || need_root
[ -d "$folder" ] || fail "there is no folder $folder"
begin_work "$base"
keep_apart "$folder"
cd "$folder" || fail "can't enter $folder"

find . '(' "$@" ')' -prune -o -print >"$work/names" 2>"$work/errors"
denied=$(grep -m 1 'Permission denied' "$work/errors")
[ -n "$denied" ] || denied=$(find . '(' "$@" ')' -prune -o -type f -exec sh -c 'for f do [ -r "$f" ] || [ ! -e "$f" ] || printf "%s\n" "$f"; done' sh {} + | head -n 1)
[ -z "$denied" ] || need_root
[ -z "$denied" ] || fail "may not read $denied"
others=$(find . '(' "$@" ')' -prune -o ! -user "$(id -u)" -print 2>/dev/null | head -n 1)
[ -z "$others" ] || need_root
[ -z "$others" ] || [ "$(id -u)" -eq 0 ] || say "note the owners of files are not kept: that needs root, and $others belongs to another"

live=live
if [ "$container" = - ]; then
    [ "$stop" != stop ] || say "note no container is known to use $folder: nothing was stopped"
elif find_engine "$container"; then
    case $(state_of "$container") in exited | created | dead | configured | stopped) live= ;; esac
fi

bytes=$(find . '(' "$@" ')' -prune -o -type f -exec stat -c %s {} + 2>/dev/null | awk '{ sum += $1 } END { printf "%.0f", sum }')
require_space "$work" $((2 * bytes))
mkdir "$work/copy"

if [ "$live$stop" = livestop ] && [ "$container" != - ]; then
    [ -n "$engine" ] || fail "can't stop $container: no engine answers for it"
    stop "$container"
    live=
fi

# By tar, which keeps owners and times; not by its own way to leave out, which not every tar has.
# shellcheck disable=SC2016
find . '(' "$@" ')' -prune -o -exec sh -c '
    copy=$1 numeric=$2
    shift 2
    tar $numeric --no-recursion -cf - "$@" | (cd "$copy" && tar $numeric -xpf -)
' sh "$work/copy" "$numeric" {} + 2>"$work/errors"
copied=$?

(cd "$work/copy" && find . -print) | sort >"$work/got"
sort "$work/names" | awk 'NR == FNR { got[$0]; next } !($0 in got)' "$work/got" - >"$work/missing"
# What vanished meanwhile was not there to copy; what is there again is copied now. What a live
# database keeps beside it comes and goes, and its copy needs none of it.
while IFS= read -r missing; do
    case $live$missing in live*-journal | live*-wal | live*-shm) continue ;; esac
    for _ in 1 2 3; do
        [ -e "$missing" ] || [ -L "$missing" ] || continue 2
        # shellcheck disable=SC2086
        tar $numeric --no-recursion -cf - "$missing" 2>"$work/errors" | (cd "$work/copy" && tar $numeric -xpf -) 2>>"$work/errors"
        [ ! -e "$work/copy/$missing" ] || continue 2
    done
    fail "could not be copied: $missing: $(why)"
done <"$work/missing"
[ "$copied" -eq 0 ] || fail "could not be copied: $(why)"

DATABASE_LIMIT=600 # seconds the copy of one may take

# Copy $1 of the folder to $work/database with SQLite's own backup, one state of it however long it
# takes, and say whether that is sound.
copy_database() {
    rm -f "$work/database"
    if command -v sqlite3 >/dev/null 2>&1; then
        (cd "$work" && limited "$DATABASE_LIMIT" sqlite3 -batch -init /dev/null "$folder/$1" '.timeout 20000' 'BEGIN' 'SELECT 1 FROM sqlite_master LIMIT 0' '.backup database' 'COMMIT' >/dev/null 2>"$work/errors" </dev/null &&
            limited "$DATABASE_LIMIT" sqlite3 -batch -init /dev/null database 'PRAGMA integrity_check(1)' 2>>"$work/errors" </dev/null)
    elif command -v python3 >/dev/null 2>&1; then
        limited "$DATABASE_LIMIT" python3 -c '
import os, sqlite3, sys
source = sqlite3.connect(os.fsencode(sys.argv[1]), timeout=20)
copy = sqlite3.connect(os.fsencode(sys.argv[2]))
source.execute("BEGIN")
source.execute("SELECT 1 FROM sqlite_master LIMIT 0").fetchall()
source.backup(copy)
print(copy.execute("PRAGMA integrity_check(1)").fetchone()[0])
' "$folder/$1" "$work/database" 2>"$work/errors" </dev/null
    else
        echo "neither sqlite3 nor python3 is there" >"$work/errors"
        return 1
    fi
}

sure=sure
find "$work/copy" -type f -exec grep -ls '^SQLite format 3' {} + >"$work/databases"
while IFS= read -r copy; do
    file=${copy#"$work/copy/"}
    if [ ! -f "$copy" ]; then # a name with a line break in it
        [ -z "$live" ] || sure=unsure
        [ -z "$live" ] || say "database unsure $file"
        continue
    fi
    [ "$(head -c 15 "$copy")" = "SQLite format 3" ] || continue
    if [ -z "$live" ]; then
        say "database still $file"
        continue
    fi
    sound=$(copy_database "$file")
    if [ "$sound" = ok ]; then
        # Into the file that has the owner and the mode; what its journals held is in it.
        cat "$work/database" >"$copy" || fail "can't write to $base"
        rm -f "$copy-wal" "$copy-shm" "$copy-journal"
        say "database copied $file"
    else
        sure=unsure
        say "database unsure $file: ${sound:-$(why)}"
    fi
    rm -f "$work/database" "$work/database-journal"
done <"$work/databases"
if [ -n "$stopped" ]; then
    start_again
elif [ -z "$live" ] && [ "$(state_of "$container")" = running ]; then
    sure=unsure
    say "note $container was started while it was copied"
fi

[ $sure = sure ] || name=$name.unsure
say "packing"
archive=$work/$name.tar.gz
# shellcheck disable=SC2086
(cd "$work/copy" && tar $numeric -cf - . 2>"$work/errors") | gzip >"$archive" 2>>"$work/errors" || fail "could not be packed: $(why)"
settled "$archive"
(cd "$work/copy" && find . -print) | listed >"$work/names"
names_in "$archive" 2>"$work/errors" | listed >"$work/got"
cmp -s "$work/names" "$work/got" || fail "the archive does not hold what was packed: $(why)"
sum=$(checksum "$archive")
[ ${#sum} -eq 64 ] || fail "no sha256sum here"
size=$(wc -c <"$archive" | tr -d ' ')
files=$(files_in "$archive")

if [ "$fate" = send ]; then
    say "archive $name.tar.gz $size $sum $files"
    cat "$archive"
    exit
fi
mkdir -p "$base/$label" || fail "can't write to $base"
printf '%s  %s\n' "$sum" "$name.tar.gz" >"$archive.sha256" || fail "can't write to $base"
belongs "$base" "$base/$label" "$archive" "$archive.sha256"
settled "$archive.sha256"
mv "$archive.sha256" "$base/$label/" || fail "can't write to $base/$label"
mv "$archive" "$base/$label/" || fail "can't write to $base/$label"
settled "$base/$label"
say "archive $name.tar.gz $size $sum $files"
