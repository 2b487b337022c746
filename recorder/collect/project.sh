# How a compose project stands on a host: `sh -s` with this on standard input, read-only. Behind it:
#
#     ask MARK ENGINE FOLDER COMPOSE...
#     ask_engine MARK ENGINE              only for the way to the engine
#
# ENGINE is docker or podman, COMPOSE the words of the compose command, which is run in FOLDER.
# recorder/collect/project.py tells how the answer is laid out.

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin:/opt/homebrew/bin
LC_ALL=C
export PATH LC_ALL
set -f

ENGINE_LIMIT=8   # seconds an engine may take
COMPOSE_LIMIT=25 # seconds compose may take to read its file

limited() {
    limit=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -s KILL "$limit" "$@"
    else
        "$@"
    fi
}

# Its part of the answer, and what was said to it.
tell() {
    printf '\n%s %s\n' "$mark" "$1"
    [ -z "$2" ] || printf '%s\n' "$2"
}

give_up() {
    tell "$1" "$2"
    tell end
    exit
}

# sudo where this user may not ask the engine, and where podman keeps a list for each user.
find_way() {
    way=
    said=$(limited "$ENGINE_LIMIT" "$engine" ps --all --quiet 2>&1)
    status=$?
    case $engine$status$said in docker*ermission\ denied* | podman0) ;; *) return "$status" ;; esac
    [ "$(id -u)" -ne 0 ] || return "$status"
    if limited "$ENGINE_LIMIT" sudo -n "$engine" ps --quiet >/dev/null 2>&1; then
        way='sudo -n'
        return 0
    fi
    return "$status"
}

# Why compose does not read its file; its version is told without a file, an engine or sudo.
no_config() {
    broken=$?
    limited "$COMPOSE_LIMIT" "$@" version >/dev/null 2>&1 && give_up "broken $broken" "$said"
    for it in "$engine compose" "$engine-compose" ''; do
        # shellcheck disable=SC2086 # words are wanted
        [ -z "$it" ] || limited "$ENGINE_LIMIT" $it version >/dev/null 2>&1 && break
    done
    give_up no-compose "$it"
}

ask() {
    mark=$1 engine=$2 folder=$3
    shift 3
    said=$(cd -- "$folder" 2>&1) || give_up no-folder "${said##*: }"
    cd -- "$folder" || exit
    find_way || give_up "no-engine $status" "$said"
    tell "way $way"
    # shellcheck disable=SC2086 # words are wanted
    said=$(limited "$COMPOSE_LIMIT" $way "$@" config --quiet 2>&1) || no_config "$@"
    # shellcheck disable=SC2086
    services=$(limited "$COMPOSE_LIMIT" $way "$@" config --services 2>/dev/null) || give_up "broken $?" "its services can't be listed"
    # shellcheck disable=SC2086
    ids=$(limited "$COMPOSE_LIMIT" $way "$@" ps --all --quiet 2>/dev/null)
    for id in $ids; do
        # shellcheck disable=SC2086
        project=$(limited "$ENGINE_LIMIT" $way "$engine" inspect --format '{{index .Config.Labels "com.docker.compose.project"}}' "$id" 2>/dev/null) && break
    done
    [ -z "$project" ] || tell project "$project"
    tell services "$services"
    tell end
}

ask_engine() {
    mark=$1 engine=$2
    find_way || give_up "no-engine $status" "$said"
    tell "way $way"
    tell end
}
