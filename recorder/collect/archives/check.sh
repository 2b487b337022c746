# Check archives: `BASE LABEL NAME...`. Of each it says `checked NAME good FILES DATABASES`, or
# `checked NAME bad WHY`; and `unchecked NAME WHY` where its databases could not be opened here.

base=$1 label=$2
shift 2
[ -r "$base/$label" ] || need_root
begin_work "$base"

integrity() {
    if command -v sqlite3 >/dev/null 2>&1; then
        sqlite3 -batch -init /dev/null "$1" 'PRAGMA integrity_check(1)' 2>&1 </dev/null
    else
        python3 -c 'import os, sqlite3, sys
print(sqlite3.connect(os.fsencode(sys.argv[1])).execute("PRAGMA integrity_check(1)").fetchone()[0])' "$1" 2>&1 </dev/null
    fi | tail -n 1
}

# Unpack, and have each database looked at.
databases_of() {
    found=0
    if ! command -v sqlite3 >/dev/null 2>&1 && ! command -v python3 >/dev/null 2>&1; then
        say "unchecked $name its databases: neither sqlite3 nor python3 is there"
        return
    fi
    free=$(free_bytes "$work")
    if [ -n "$free" ] && [ "$free" -lt $(($(gzip -dc <"$1" | wc -c) + MARGIN)) ]; then
        say "unchecked $name its databases: no space to unpack it"
        return
    fi
    mkdir "$work/check"
    unpacked "$1" "$work/check" 2>/dev/null
    find "$work/check" -type f -exec grep -ls '^SQLite format 3' {} + >"$work/databases"
    while IFS= read -r database; do
        [ "$(head -c 15 "$database" 2>/dev/null)" = "SQLite format 3" ] || continue
        found=$((found + 1))
        sound=$(integrity "$database")
        [ "$sound" = ok ] || bad="its database ${database#"$work/check/"}: $sound"
    done <"$work/databases"
    chmod -R u+rwx "$work/check" 2>/dev/null
    rm -rf "$work/check"
}

for name in "$@"; do
    archive=$base/$label/$name
    [ -r "$archive" ] || [ ! -e "$archive" ] || need_root
    bad=$(untrue "$archive")
    [ -n "$bad" ] || databases_of "$archive"
    if [ -n "$bad" ]; then
        say "checked $name bad $bad"
    else
        say "checked $name good $(files_in "$archive") $found"
    fi
done
