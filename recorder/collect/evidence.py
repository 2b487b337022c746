"""What gates need of a host beside its part of the snapshot: too much to record at every look."""

from collections.abc import Mapping
from dataclasses import field

from recorder.collect.compose import ComposeFile
from recorder.collect.containers import Published
from recorder.collect.look import HostLook
from recorder.frozen import frozen


@frozen
class HostEvidence:
    """What a host told; nothing where it was not asked or is not up."""

    ports: Mapping[str, tuple[Published, ...] | None] = field(default_factory=dict)
    networks: Mapping[str, str | None] = field(default_factory=dict)  # both by container's name
    compose: ComposeFile | None = None


def evidence_of(look: HostLook) -> HostEvidence:
    """The evidence in what a host answered."""
    return HostEvidence(
        {it.name: it.ports for it in look.containers},
        {it.name: it.network for it in look.containers},
        look.compose,
    )
