# Where services keep their configuration, as the engine tells it: pairs of CONTAINER SERVICE. Of the
# pair N it says `source N CONTAINER STATE PATH`; PATH is that of the mount at /config, `-` for none.

MOUNT='{{range .Mounts}}{{if eq .Destination "/config"}}{{.Source}}{{end}}{{end}}'

# The container that bears the service's label, a running one first.
labelled() {
    for engine in docker podman 'sudo -n docker' 'sudo -n podman'; do
        command -v "${engine##* }" >/dev/null 2>&1 || continue
        for running in 'status=running' 'label=com.docker.compose.service'; do
            # shellcheck disable=SC2086
            container=$(limited 15 $engine ps --all --filter "label=com.docker.compose.service=$1" --filter "$running" --format '{{.Names}}' 2>/dev/null </dev/null | head -n 1)
            [ -z "$container" ] || return 0
        done
    done
    return 1
}

number=0
while [ $# -gt 1 ]; do
    container=$1
    if find_engine "$container" || labelled "$2"; then
        # shellcheck disable=SC2086
        path=$(limited 15 $engine inspect --type container --format "$MOUNT" "$container" 2>/dev/null </dev/null)
        say "source $number $container $(state_of "$container") ${path:--}"
    else
        say "source $number - - -"
    fi
    number=$((number + 1))
    shift 2
done
