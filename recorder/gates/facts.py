"""What gates judge by: what should be, and what one look saw."""

from collections.abc import Mapping
from dataclasses import field

from recorder.bindings.stack import ServiceBinding, Stack
from recorder.collect.evidence import HostEvidence
from recorder.frozen import frozen
from recorder.history.reasons import REASONS, why
from recorder.model import Host, HostState, Reason, Service, ServiceState, Snapshot

NOTHING = HostEvidence()


@frozen
class Facts:
    """One stack and one look at it."""

    stack: Stack
    snapshot: Snapshot
    evidence: Mapping[str, HostEvidence] = field(default_factory=dict)  # by host
    logged_in: bool = True  # hosts were asked; else only what is told without logging in to any

    def of(self, host: str) -> HostEvidence:
        """What a host told beside the snapshot."""
        return self.evidence.get(host, NOTHING)

    def host(self, name: str) -> Host | None:
        """A host as it was seen."""
        return next((it for it in self.snapshot.hosts if it.name == name), None)

    def bound_to(self, host: str) -> tuple[ServiceBinding, ...]:
        """The services that should be on a host."""
        return tuple(it for it in self.stack.services if it.host == host)

    def running(self, host: str) -> tuple[Service, ...]:
        """The containers that run on a host, whether anything names them or not."""
        return tuple(it for it in self.snapshot.on(host) if it.state is ServiceState.RUNNING)

    def engine(self, host: str) -> str:
        """What a person types to speak with a host's container engine."""
        seen = self.host(host)
        return (seen and seen.engine and seen.engine.kind) or "docker"

    def hidden(self, name: str) -> str | None:
        """Why the containers of a host could not be seen; None where they could."""
        host = self.host(name)
        if host is None or host.state is HostState.UNKNOWN:
            return REASONS[Reason.NOT_ASKED]
        if host.state is HostState.DOWN:
            return why(host.reason, host.detail) or REASONS[Reason.HOST_DOWN]
        engine = host.engine
        if engine is None or not engine.readable:
            reason = engine.reason if engine else Reason.NOT_ASKED
            return why(reason, engine.detail if engine else None)
        return None

    def way_in(self, name: str) -> str:
        """What to do about a host whose containers could not be seen."""
        host = self.host(name)
        hint = host and (host.hint or (host.engine and host.engine.hint))
        return hint or f"see why with `ops media.status --host {name}`, then verify again"
