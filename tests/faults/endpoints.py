"""Health URLs that answer as none should.

`health_timeout_sec` is 2. All are asked in one look, with the quick faults of hosts and apps.
"""

from faults.row import Row

TEST = "faults/test_asked.py::test_an_endpoint_in_trouble"
BENIGN = "faults/test_asked.py::test_what_only_looks_like_trouble"
BOUND_SEC = 30


def _row(key: str, fault: str, made: str, endpoint: str, says: str = "") -> Row:
    return Row(key, fault, made, BOUND_SEC, 1, TEST, {"endpoint": endpoint}, says=says)


def _benign(key: str, fault: str, made: str, endpoint: str) -> Row:
    return Row(key, fault, made, BOUND_SEC, 0, BENIGN, {"endpoint": endpoint})


ROWS = (
    _row("url-silent", "it answers nothing", "takes the request, says nothing", "failed timeout"),
    _row("url-closes", "it closes at once", "takes the request, hangs up", "failed refused"),
    _row("url-trickles", "its header never ends", "a byte every 20 ms", "failed timeout"),
    _benign("url-body-trickles", "its body never ends", "a byte every 20 ms: not read", "ok 200"),
    _benign("url-redirects", "it redirects for ever", "`302` to itself: asked once", "ok 302"),
    _benign(
        "url-10-gb",
        "it sends 10 GB",
        "sends for as long as somebody takes it: less than 32 MB",
        "ok 200",
    ),
    _row(
        "url-continues",
        "it asks to continue for ever",
        "`100 Continue` over and over: less than 32 MB",
        "failed bad_answer",
    ),
    _row("url-long-header", "a header line without end", "10 MB of it", "failed bad_answer"),
    _row("url-many-headers", "headers without end", "one over and over", "failed bad_answer"),
    _row("url-not-http", "it does not speak HTTP", "sends a greeting", "failed bad_answer"),
    _row(
        "url-name-unknown",
        "the name in it does not exist",
        "a name server that says so",
        "failed name_not_found",
    ),
    _row(
        "url-name-silent",
        "no name server answers for the name in it",
        "a name server that swallows the question",
        "failed timeout",
        "no name server answers",
    ),
    _row(
        "tls-self-signed",
        "a certificate nobody vouches for",
        "a self-signed one",
        "failed tls",
        "certificate: self-signed certificate",
    ),
    _row(
        "tls-expired",
        "a certificate that has expired",
        "one that is trusted, and ended yesterday",
        "failed tls",
        "certificate: certificate has expired",
    ),
    _row(
        "tls-other-name",
        "a certificate for another name",
        "one that is trusted, for another address",
        "failed tls",
        "certificate: IP address mismatch, certificate is not valid for '127.0.0.1'.",
    ),
    _row("tls-none", "plain HTTP at an https URL", "a server without TLS", "failed tls"),
    _row("tls-silent", "a TLS handshake that never ends", "says nothing", "failed timeout"),
)
