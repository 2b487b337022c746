# Send an archive of a shelf: `ARCHIVE` to standard output, behind `archive NAME SIZE SHA256 FILES`.

archive=$1
[ -r "$archive" ] || need_root
[ -r "$archive" ] || fail "there is no $archive"
say "archive ${archive##*/} $(wc -c <"$archive" | tr -d ' ') $(checksum "$archive") $(files_in "$archive")"
cat "$archive"
