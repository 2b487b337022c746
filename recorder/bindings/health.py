"""A service's health URL: a path at its port, or a whole URL."""

from urllib.parse import SplitResult, urlsplit

from recorder.bindings.section import Section
from recorder.bindings.spelling import quoted
from recorder.bindings.stack import HealthBinding

PORT_OF_SCHEME = {"http": 80, "https": 443}


def read_health(
    service: Section, port: int | None, *, timeout_sec: float, via_ssh: bool
) -> HealthBinding | None:
    """What to ask; None where the binding names nothing to ask."""
    scheme = service.choice("scheme", PORT_OF_SCHEME) or "http"
    verify_tls = service.flag("tls_verify") is not False
    timeout_sec = service.seconds("health_timeout_sec") or timeout_sec
    target = service.text("health")
    if target is None:
        return None
    if not target.startswith("/"):
        return _at_url(service, target, timeout_sec, verify_tls=verify_tls, via_ssh=via_ssh)
    if " " in target:
        service.wrong("health", f"must not hold a space: {quoted(target.partition('?')[0])}")
    elif port is not None:
        return HealthBinding(port, target, scheme, timeout_sec, verify_tls, via_ssh)
    elif not service.given("port"):
        service.wrong("health", "is a path, so the service needs a port:")
    return None


def _at_url(
    service: Section, text: str, timeout_sec: float, *, verify_tls: bool, via_ssh: bool
) -> HealthBinding | None:
    url = _url(text)
    if url is not None and (url.username is not None or url.password is not None):
        service.wrong("health", "must not hold a user or a password")
        return None
    if url is None or url.hostname is None:
        service.wrong("health", "must be a path that begins with a slash, or a whole http(s) URL")
        return None
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    port = url.port or PORT_OF_SCHEME[url.scheme]
    return HealthBinding(port, path, url.scheme, timeout_sec, verify_tls, via_ssh, url.hostname)


def _url(text: str) -> SplitResult | None:
    """The parts of a whole http(s) URL; None where it is none."""
    try:
        url = urlsplit(text)
        in_range = url.port != 0  # reading a port over 65535 raises
    except ValueError:
        return None
    return url if in_range and " " not in text and url.scheme in PORT_OF_SCHEME else None
