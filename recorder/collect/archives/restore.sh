# Put what an archive holds in the place of a folder:
#
#     BASE ARCHIVE FOLDER CONTAINER TIME
#
# It is unpacked beside the folder first and compared; only then the CONTAINER (`-` for none) is
# stopped, the folder kept aside as FOLDER.before-TIME, the new one put in its place, and the
# container started where it ran. Whatever fails before leaves everything as it was.

base=$1 archive=$2 folder=$3 container=$4 time=$5
fresh=$folder.restoring-$time
aside=$folder.before-$time
parent=${folder%/*}
parent=${parent:-/}

[ "$folder" != / ] || fail "that is the whole machine"
begin_work "$base"
[ -r "$archive" ] || need_root
bad=$(untrue "$archive")
[ -z "$bad" ] || fail "$archive is not good: $bad"
if [ -d "$parent" ]; then
    [ -w "$parent" ] || need_root
else
    mkdir -p "$parent" 2>/dev/null || need_root
    [ -d "$parent" ] || mkdir -p "$parent" || fail "can't make $parent"
fi
[ ! -L "$folder" ] || fail "$folder is a link; name the folder it leads to with --into"
if [ -e "$folder" ]; then
    keep_apart "$folder"
    [ "$(stat -c %d "$folder")" = "$(stat -c %d "$parent")" ] || fail "$folder is a mount and can't be kept aside; restore with --into, and copy from there"
fi
# shellcheck disable=SC2086
owner=$(gzip -dc <"$archive" | tar --numeric-owner -tvf - 2>/dev/null | awk -v me="$(id -u)" -v named="$(id -un)" '/^[-dlhcbps][-r][-w]/ && split($2, owner, "/") == 2 && owner[1] != me && owner[1] != named { print owner[1]; exit }')
[ -z "$owner" ] || need_root
[ -z "$owner" ] || [ "$(id -u)" -eq 0 ] || fail "its files belong to user $owner: that needs root; let $(id -un) use sudo without a password, or log in as root"
require_space "$parent" "$(gzip -dc <"$archive" | wc -c)"

# What is half put in place goes back to how it was.
undo() {
    rm -rf "$fresh"
    [ -e "$folder" ] || [ ! -e "$aside" ] || mv "$aside" "$folder"
}
trap 'status=$? tidying=1; undo; (exit $status); tidy' EXIT

rm -rf "$folder".restoring-????????T??????Z # of a run that was killed
mkdir "$fresh" 2>"$work/errors" || fail "can't make $fresh: $(why)"
unpacked "$archive" "$fresh" 2>"$work/errors" || fail "can't be unpacked: $(why)"
(cd "$fresh" && find . -print) | listed >"$work/got"
names_in "$archive" | listed >"$work/names"
cmp -s "$work/names" "$work/got" || fail "what was unpacked is not what the archive holds"
settled "$fresh"
say "unpacked $(files_in "$archive")"

ran=
if [ "$container" != - ]; then
    find_engine "$container" || fail "no engine answers for $container"
    case $(state_of "$container") in running | restarting | paused) ran=1 ;; esac
    [ -z "$ran" ] || stop "$container"
fi
if [ -e "$folder" ]; then
    printf '%s\n' "$folder" "$aside" >"$work/moved"
    mv "$folder" "$aside" 2>"$work/errors" || fail "$folder can't be kept aside: $(why)"
    say "aside $aside"
fi
mv "$fresh" "$folder" 2>"$work/errors" || fail "can't be put in place: $(why)"
settled "$parent"
say "restored $folder"
