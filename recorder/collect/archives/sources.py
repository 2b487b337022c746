"""Which folders there are to pack: those a binding names, else its container's at /config."""

from collections.abc import Sequence

from recorder.bindings.stack import ServiceBinding
from recorder.collect.archives.script import answers
from recorder.collect.shell import Shell
from recorder.model.archive import Folder, Nothing, Skipped, labels_of

LIMIT_SEC = 120.0
NONE = "-"
RUNNING = ("running", "restarting", "paused")


def find_sources(
    shell: Shell, services: Sequence[ServiceBinding]
) -> tuple[tuple[Folder, ...], tuple[Nothing, ...]]:
    """The folders of a host's services, in their order. Raises Failed."""
    names = [word for it in services for word in (it.container, it.name)]
    said = [rest for word, rest in answers(shell, "sources", names, LIMIT_SEC) if word == "source"]
    told = {number: rest for number, _, rest in (line.partition(" ") for line in said)}
    folders: list[Folder] = []
    nothing: list[Nothing] = []
    for number, service in enumerate(services):
        container, state, mounted = (*told.get(str(number), "").split(" ", 2), NONE, NONE, NONE)[:3]
        paths = service.config or (() if mounted == NONE else (mounted,))
        if not paths:
            reason = Skipped.NO_CONTAINER if container in ("", NONE) else Skipped.NO_CONFIG
            nothing.append(Nothing(service.host, service.name, reason))
        used_by = None if container in ("", NONE) else container
        folders += [
            Folder(service.host, service.name, label, path, used_by, state in RUNNING)
            for label, path in zip(labels_of(service.name, len(paths)), paths, strict=True)
        ]
    return tuple(folders), tuple(nothing)
