# When a host booted, by its own records: `sh -s` with this on standard input. POSIX sh, read-only,
# as an unprivileged user. The collector puts one line before it, `request='VERSION MARK boots'`, MARK
# as in probe.sh.
# Some hosts have neither program, and some users may not read what they read: then nothing is told.

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
TZ=UTC0
export PATH LC_ALL TZ
set -f

# shellcheck disable=SC2154,SC2086 # the line before sets it; its words are wanted
set -- $request
mark=$2
WTMP_LIMIT=2    # seconds a file may take
JOURNAL_LIMIT=5 # seconds; a big journal takes several
MOST_LINES=1000

limited() {
    limit=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -s KILL "$limit" "$@"
    else
        "$@"
    fi
}

# Rotated once a month where it is rotated at all, so the file before is read too.
wtmp() {
    printf '\n%s wtmp\n' "$mark"
    for file in /var/log/wtmp /var/log/wtmp.1; do
        [ -r "$file" ] && limited "$WTMP_LIMIT" last -x -F -f "$file" reboot | head -n "$MOST_LINES"
    done
}

journal() {
    printf '\n%s journal\n' "$mark"
    command -v journalctl >/dev/null 2>&1 || return
    limited "$JOURNAL_LIMIT" journalctl --list-boots --no-pager --utc | tail -n "$MOST_LINES"
}

tell() {
    wtmp
    journal
    printf '\n%s end\n' "$mark"
}

tell </dev/null 2>/dev/null
