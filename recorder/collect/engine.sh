# The containers of a host, as its engine tells them. Goes before probe.sh, and into the program that
# sudo may run where a user may run no engine; both set MARK, as probe.sh tells.

ENGINE_LIMIT=8    # seconds the engine may take
VERSION_LIMIT=3   # seconds its client may take to say what it is
MOST_SAID=1000000 # bytes of a listing: 15,000 containers
SOCKET=/var/run/docker.sock
SOCKET_LIMIT=2    # seconds the socket may take to list; where it takes longer, docker is asked
GRANTED=/usr/local/lib/media-recorder/containers # what sudo may run: `ops media.access`

limited() {
    limit=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -s KILL "$limit" "$@"
    else
        "$@"
    fi
}

# Each container as one line of JSON. Only what is named here leaves the host: environments and
# the other labels often hold secrets.
label='{{json (index .Config.Labels "'
container='{"id":{{json .ID}},"name":{{json .Name}},"created":{{json .Created}},'
container=$container'"state":{{json .State.Status}},"exit_code":{{json .State.ExitCode}},'
container=$container'"oom_killed":{{json .State.OOMKilled}},"error":{{json .State.Error}},'
container=$container'"started":{{json .State.StartedAt}},"finished":{{json .State.FinishedAt}},'
container=$container'"health":{{with .State.Health}}{{json .Status}}{{else}}null{{end}},'
container=$container'"restarts":{{json .RestartCount}},"image":{{json .Config.Image}},'
container=$container'"image_id":{{json .Image}},"network":{{json .HostConfig.NetworkMode}},'
container=$container'"ports":{{json .NetworkSettings.Ports}},'
container=$container'"version":'$label'org.opencontainers.image.version")}},'
container=$container'"project":'$label'com.docker.compose.project")}},'
container=$container'"service":'$label'com.docker.compose.service")}},'
container=$container'"oneoff":'$label'com.docker.compose.oneoff")}}}'

# List the containers of one engine, by one way to it; succeeds when there are any.
list() {
    said=$({ limited "$ENGINE_LIMIT" "$@" ps --all --quiet --no-trunc 2>&1; printf ' %s' "$?"; } | tail -c "$MOST_SAID")
    status=${said##* }
    said=${said% *}
    ids=
    [ "$status" -lt 128 ] || said= # but for a shell's own "Killed"
    [ "$status" -eq 0 ] && pick_ids
}

# Have `ids` be the containers among the words that were said; succeeds when there are any.
pick_ids() {
    ids=
    for word in $said; do
        word=${word#\"Id\":\"}
        case $word in *[!0-9a-f]*) ;; *) [ ${#word} -eq 64 ] && ids="$ids $word" ;; esac
    done
    [ -n "$ids" ]
}

# List the containers by the socket at which docker's engine most often listens: to start curl is a
# third of the work of starting docker. A link in its place leads to another engine.
list_by_socket() {
    [ -w "$SOCKET" ] && [ ! -L "$SOCKET" ] && command -v curl >/dev/null 2>&1 || return 1
    said=$({
        curl -q -s -f -m "$SOCKET_LIMIT" --noproxy '*' --unix-socket "$SOCKET" 'http://docker/containers/json?all=1'
        printf '\nended %s\n' "$?"
    } | grep -o -e '"Id":"[0-9a-f]\{64\}' -e '^ended 0$')
    case $said in *'ended 0') pick_ids ;; *) return 1 ;; esac
}

# sudo helps where this user may not ask the engine, and where podman keeps a list for each user.
sudo_helps() {
    case $kind$status$said in docker*ermission\ denied* | podman0*) ;; *) return 1 ;; esac
    [ "$(id -u)" -ne 0 ]
}

# The same by the one program that sudo may run.
granted() {
    # shellcheck disable=SC2154 # the mark is set by whoever asks
    [ -x "$GRANTED" ] && printf '%s\n' "$mark" | sudo -n "$GRANTED"
}

# Tell the containers that were listed; `status` is 1 where their engine does not know one of them.
describe() {
    # shellcheck disable=SC2086 # counted
    set -- $ids
    printf '\n%s engine %s 0 listed %s\n' "$mark" "$kind" "$#"
    # shellcheck disable=SC2086 # words are wanted: the way in, the ids
    limited "$ENGINE_LIMIT" $way "$kind" inspect --type container --format "$container" $ids 2>&1
    status=$?
    # Part of a list would make the rest look gone.
    [ "$status" -lt 128 ] || printf '\n%s engine %s %s\n' "$mark" "$kind" "$status"
}

# The first engine that lists containers is the host's; else the first there is speaks. A docker may
# have been told of another engine than the socket's (DOCKER_HOST, a context), which knows none of
# its ids: it has to find each one, else it is asked for its own, and what was told before is void.
containers() {
    told=
    for kind in docker podman; do
        command -v "$kind" >/dev/null 2>&1 || continue
        way=
        if [ "$kind" = docker ] && list_by_socket; then
            describe
            [ "$status" -eq 0 ] || [ "$status" -ge 128 ] && return
        fi
        list "$kind" && break
        # A docker that is podman by another name: podman's turn comes.
        [ "$kind$status" = docker0 ] && case $(limited "$VERSION_LIMIT" docker --version) in podman*) continue ;; esac
        tells=$(printf '%s engine %s %s\n%s' "$mark" "$kind" "$status" "$said")
        if sudo_helps; then
            granted && return
            way='sudo -n'
            list sudo -n "$kind" && break
            case $kind$status in
                *0) tells="$mark engine $kind 0" ;;
                podman*) tells=$(printf '%s engine podman 126\npermission denied: none of its own, and no sudo' "$mark") ;;
            esac
        fi
        [ -n "$told" ] || told=$tells
    done
    if [ -n "$ids" ]; then
        describe
    else
        printf '\n%s\n' "${told:-$mark engine - 127}"
    fi
}

