# The one program a host runs: `sh -s` with this on standard input, engine.sh before it. POSIX sh
# with coreutils or busybox, read-only, as an unprivileged user. The collector puts one line first,
# its request:
#
#     request='VERSION MARK look SEARCH COMPOSE PATH...'
#
# MARK is random for each run and begins every line that structures the answer, so that nothing a
# container is called can pass for one. SEARCH is `search` to look for mounts and disks besides
# the PATHs, `-` not to. COMPOSE is a compose file to tell, or the folder it is in; `-` none. A
# byte that is no plain letter of a path is written \0NNN, in octal.
# recorder/collect/probe.py tells how the answer is laid out.

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin:/opt/homebrew/bin
LC_ALL=C
GOGC=400 # an engine's client is started often and ends soon: less tidying of its memory
export PATH LC_ALL GOGC
set -f

# shellcheck disable=SC2154,SC2086 # the line before sets it; its words are wanted
set -- $request
mark=$2
search=$4
compose=$5
shift 5

newline='
'
PATH_LIMIT=3         # seconds a mount may take to answer
MOST_COMPOSED=262144 # bytes of a compose file
STUCK_AGE=310        # hundredths of a second: older, a question outlived its SIGKILL and hangs

machine() {
    printf '\n%s machine\n' "$mark"
    printf 'clock %s\n' "$(date +%s)"
    if [ -r /proc/uptime ]; then
        read -r boot </proc/sys/kernel/random/boot_id && printf 'boot_id %s\n' "$boot"
        read -r uptime _ </proc/uptime && printf 'uptime %s\n' "$uptime"
        read -r load _ </proc/loadavg && printf 'load %s\n' "$load"
        while read -r name value _; do
            case $name in MemTotal: | MemAvailable:) printf '%s %s\n' "$name" "$value" ;; esac
        done </proc/meminfo
    else
        printf 'booted %s\n' "$(sysctl -n kern.boottime 2>/dev/null)"
    fi
}

# Have `now` be the hundredths of a second since boot.
tell_time() {
    read -r now _ 2>/dev/null </proc/uptime || now=$(date +%s).00
    now=${now%.*}${now#*.}
}

# Process ids of questions that earlier looks put to a path and that still hang: SIGKILL does not
# end each of them. Another look's fresh question is not one.
hanging_questions() {
    tell_time
    for cmdline in $(set +f && grep -l '[m]edia-recorder' /proc/[0-9]*/cmdline); do
        pid=${cmdline#/proc/}
        pid=${pid%/cmdline}
        read -r about <"/proc/$pid/stat" || continue
        case $about in *\(stat\)* | *\(timeout\)* | *\(busybox\)*) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # the fields behind the name; the 20th is when it started
        set -- ${about##*) }
        [ $((now - ${20})) -gt "$STUCK_AGE" ] && printf '%s ' "$pid"
    done
}

still_hangs() {
    for pid in $hanging; do
        [ "$(tr '\0' '\n' <"/proc/$pid/cmdline" | tail -n 1)" = "$1" ] && return 0
    done
    return 1
}

# Block size, blocks, and blocks this user may still fill.
space() {
    if [ -r /proc/self/mountinfo ]; then
        limited "$PATH_LIMIT" stat -f -c "$mark space $1 %S %b %a media-recorder" -- "$2"
    else
        said=$(limited "$PATH_LIMIT" df -Pk -- "$2") || return
        # df's columns, told by the one with a percent sign: the first and the last may hold spaces.
        printf '%s\n' "$said" | sed -n "\$s/.* \([0-9][0-9]*\)  *[0-9][0-9]*  *\([0-9][0-9]*\)  *[0-9]*% .*/$mark space $1 1024 \1 \2/p"
    fi
}

# One question to one path. Each line of the answer is short and written at once, so the questions
# may run side by side on one pipe.
ask_path() {
    if still_hangs "$2"; then
        printf '%s asked %s still 0\n' "$mark" "$1"
        return
    fi
    tell_time
    began=$now
    space "$1" "$2" 2>/dev/null
    status=$?
    tell_time
    why=
    [ "$status" -eq 0 ] || [ "$status" -ge 128 ] || why=$(space "$1" "$2" 2>&1)
    case $why in
        # The tool's complaint, and behind it how it is used.
        *:\ unrecognized\ option* | *:\ invalid\ option* | *:\ illegal\ option*) why=${why%%"$newline"*} ;;
        *) why=${why##*: } ;;
    esac
    printf '%s asked %s %s %s %s\n' "$mark" "$1" "$status" $((now - began)) "$why"
}

# Where this machine mounts its disks and what it mounts from the network, in mountinfo's spelling.
search_paths() {
    seen=
    while read -r line; do
        # shellcheck disable=SC2086 # mountinfo's fields before the dash and behind it
        set -- ${line%% - *}
        device=$3 path=$5
        # shellcheck disable=SC2086
        set -- ${line#* - }
        case $path in
            /boot | /boot/* | /dev/* | /snap/* | /run/* | /var/lib/docker/* | /var/lib/containers/*) continue ;;
        esac
        case $1 in
            nfs | nfs4 | cifs | smb3 | ceph | glusterfs | 9p | virtiofs | davfs | afs | lustre | zfs) ;;
            fuse.lxcfs | fuse.portal | fuse.gvfsd-fuse | fuse.snapfuse | squashfs | iso9660) continue ;;
            fuse.*) ;;
            *) case $2:$path in /dev/*:* | *:/) ;; *) continue ;; esac ;;
        esac
        case " $seen " in *" $device "*) continue ;; esac
        seen="$seen $device"
        printf '%s\n' "$path"
    done </proc/self/mountinfo || printf '/\n'
}

paths() {
    printf '\n%s paths\n' "$mark"
    number=0
    [ "$#$search" = 0- ] || hanging=$(hanging_questions 2>/dev/null)
    for path in "$@"; do
        case $path in
            *\\*)
                path=$(printf '%b.' "$path") # the dot keeps a newline at its end
                path=${path%.}
                ;;
        esac
        ask_path "$number" "$path" &
        number=$((number + 1))
    done
    if [ "$search" = search ]; then
        for escaped in $(search_paths); do
            printf '%s found %s %s\n' "$mark" "$number" "$escaped"
            ask_path "$number" "$(printf '%b' "$escaped")" &
            number=$((number + 1))
        done
    fi
    wait
    # Read behind the questions: to ask is what makes an automounter mount.
    [ -r /proc/self/mountinfo ] || return
    printf '\n%s mounts\n' "$mark"
    grep -vE ' - (overlay|nsfs|proc|sysfs|cgroup2?|devpts|mqueue|tracefs|debugfs|securityfs|bpf|pstore|configfs|hugetlbfs|fusectl|binfmt_misc) ' /proc/self/mountinfo
}

# The compose file: its name, how long it is, and its beginning. Whoever parses it keeps only what
# its services are called and which images they name.
# shellcheck disable=SC2016 # the inner shell's
tell_compose='
for file in "$2" "$2"/compose.yaml "$2"/compose.yml "$2"/docker-compose.yaml "$2"/docker-compose.yml; do
    [ -f "$file" ] || continue
    [ -r "$file" ] || exit 4
    printf "%s compose 0 %s %s\n" "$1" "$(wc -c <"$file")" "${file##*/}"
    exec head -c "$3" "$file"
done
exit 3'

composed() {
    [ "$compose" != - ] || return
    printf '\n'
    limited "$PATH_LIMIT" sh -c "$tell_compose" sh "$mark" "$(printf '%b' "$compose")" "$MOST_COMPOSED"
    status=$?
    [ "$status" -eq 0 ] || printf '\n%s compose %s\n' "$mark" "$status"
}

# The engine answers into a pipe while the paths are asked, and is read out behind them.
look() {
    machine
    containers | {
        paths "$@"
        cat
    }
    composed
    printf '\n%s end\n' "$mark"
}

look "$@" </dev/null 2>/dev/null
