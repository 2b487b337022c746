# What lies on the shelf: `BASE`, or `BASE LABEL NAME...` to take those archives away. Of each archive
# it says `shelved LABEL NAME SIZE`, of what it took away `removed LABEL NAME`.

base=$1
shift
[ -e "$base" ] || exit 0
[ -r "$base" ] || need_root

if [ $# -eq 0 ]; then
    for archive in "$base"/*/*.tar.gz; do
        [ -f "$archive" ] || continue
        name=${archive##*/}
        label=${archive%/*}
        say "shelved ${label##*/} $name $(wc -c <"$archive" | tr -d ' ')"
    done
    exit 0
fi
label=$1
shift
[ -w "$base/$label" ] || need_root
for name in "$@"; do
    # The checksum last: what bears the name of an archive always has one.
    rm -f "$base/$label/$name" || fail "can't remove $base/$label/$name"
    rm -f "$base/$label/$name.sha256"
    say "removed $label $name"
done
