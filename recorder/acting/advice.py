"""What a person types next for a service that did not come back: pure."""

import shlex

from recorder.acting.restart import ANEW, SAME, UNSEEN, Job, Outcome, Words
from recorder.model import ServiceState


def next_step(job: Job, it: Outcome) -> str | None:
    """One line; None for a service that is back."""
    if it.came_back:
        return None
    if it.why == UNSEEN:
        return f"see `ops media.service.status --host {job.host}`"
    service = it.target.compose_service
    if it.after is None:
        return _by_hand(job, (*job.compose, "up", "-d", "--no-deps", service))
    if it.why == SAME:
        how = ANEW if job.recreate else ("restart",)
        return _by_hand(job, (*job.compose, *how, service))
    if it.after.state is ServiceState.CREATED:  # it has no logs; to start it tells why
        return f"see what `{shlex.join((*job.engine, 'start', it.after.name))}` says on {job.host}"
    return f"see `{shlex.join((*job.engine, 'logs', it.after.name))}` on {job.host}"


def _by_hand(job: Job, command: Words) -> str:
    return f"see what `{shlex.join(command)}` says on {job.host}, in {job.folder}"
