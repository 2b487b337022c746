# Whether an archive writes where it is unpacked and nowhere else: no absolute name, none with `..`,
# none that goes through a link, and no second name for a file outside. Says why not.

unsafe_name() {
    gzip -dc <"$1" | tar -tvf - >"$work/long" 2>/dev/null
    gzip -dc <"$1" | tar -tf - >"$work/short" 2>/dev/null
    awk '
        NR == FNR { kind[NR] = substr($0, 1, 1); if (kind[NR] == "h" && / link to (\/|(.*\/)?\.\.(\/|$))/) { print; exit }; next }
        { name = $0; sub(/^\.\//, "", name); sub(/\/$/, "", name); names[FNR] = name }
        name ~ /^\// || name ~ /(^|\/)\.\.(\/|$)/ { print name; exit }
        kind[FNR] == "l" { sub(/ -> .*/, "", name); links[name] }
        END {
            for (i in names) {
                count = split(names[i], parts, "/")
                way = ""
                for (j = 1; j < count; j++) {
                    way = way (j > 1 ? "/" : "") parts[j]
                    if (way in links) { print names[i]; exit }
                }
            }
        }
    ' "$work/long" "$work/short" | head -n 1
}

# Whether the bytes are those that were written: says why not.
untrue() {
    [ -f "$1" ] || { echo "there is no $1" && return; }
    [ -r "$1" ] || { echo "may not be read" && return; }
    [ -f "$1.sha256" ] || { echo "no checksum lies beside it" && return; }
    [ "$(cut -c 1-64 <"$1.sha256")" = "$(checksum "$1")" ] || { echo "its checksum is another" && return; }
    gzip -t <"$1" 2>/dev/null || { echo "it can't be unpacked" && return; }
    outside=$(unsafe_name "$1")
    [ -z "$outside" ] || echo "it would write outside its folder: $outside"
}
