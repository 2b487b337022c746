"""Every reason in words, for someone woken at three in the morning."""

from recorder.model import Reason

REASONS = {
    Reason.TIMEOUT: "timed out",
    Reason.REFUSED: "connection refused",
    Reason.NO_ROUTE: "no route to host",
    Reason.NAME_NOT_FOUND: "name not found",
    Reason.AUTH_FAILED: "login refused",
    Reason.HOST_KEY_UNKNOWN: "host key unknown",
    Reason.HOST_KEY_CHANGED: "host key changed",
    Reason.NO_SHELL: "no shell after login",
    Reason.PROBE_FAILED: "the probe failed",
    Reason.NOT_ASKED: "not asked",
    Reason.NO_ENGINE: "no container engine",
    Reason.PERMISSION_DENIED: "may not read the container engine",
    Reason.ENGINE_DOWN: "the container engine is down",
    Reason.HOST_DOWN: "host down",
    Reason.HTTP_STATUS: "bad status",
    Reason.TLS: "TLS failed",
    Reason.BAD_ANSWER: "the answer is not HTTP",
    Reason.FORWARDING_DENIED: "its SSH server forbids the way in",
    Reason.PATH_HUNG: "no answer from its path",
    Reason.PATH_MISSING: "its path does not exist",
    Reason.PATH_ERROR: "its path answered with an error",
    Reason.NO_KEY: "no API key",
    Reason.UNREACHABLE: "unreachable",
}


def phrase(words: str, detail: str | None) -> str:
    """Words and detail in one phrase; a detail that says the words itself stands alone."""
    told = detail or ""
    if words.casefold() in told.casefold():
        return told or "no reason given"
    return f"{words}: {told}" if told else words


def why(reason: Reason | None, detail: str | None) -> str | None:
    """Why something is as it is; None where nothing is said of it. Raw: text from hosts."""
    return phrase(REASONS[reason] if reason else "", detail) if reason or detail else None
