"""The states a thing can be in, and the reasons for the bad ones.

`unknown` never stands for down, missing or zero: it means that nobody could look.
"""

from enum import StrEnum


class HostState(StrEnum):
    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"  # not asked


class Reason(StrEnum):
    """Why something is not as it should be, or could not be seen. One vocabulary for all kinds."""

    # a host that could not be looked at; the network ones fit an endpoint and an app too
    TIMEOUT = "timeout"
    REFUSED = "refused"
    NO_ROUTE = "no_route"
    NAME_NOT_FOUND = "name_not_found"
    AUTH_FAILED = "auth_failed"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    HOST_KEY_CHANGED = "host_key_changed"
    NO_SHELL = "no_shell"
    PROBE_FAILED = "probe_failed"
    NOT_ASKED = "not_asked"
    # its container engine could not be read; a volume's path may be forbidden too
    NO_ENGINE = "no_engine"
    PERMISSION_DENIED = "permission_denied"
    ENGINE_DOWN = "engine_down"
    # what lives on a host that is down
    HOST_DOWN = "host_down"
    # an endpoint
    HTTP_STATUS = "http_status"
    TLS = "tls"
    BAD_ANSWER = "bad_answer"  # connected, but what came back is not HTTP
    FORWARDING_DENIED = "forwarding_denied"  # localhost_bound, and sshd forbids the way in
    # a volume
    PATH_HUNG = "path_hung"
    PATH_MISSING = "path_missing"
    PATH_ERROR = "path_error"
    # an app's imports
    NO_KEY = "no_key"
    UNREACHABLE = "unreachable"


class Declared(StrEnum):
    """What the binding wants of a service."""

    ACTIVE = "active"
    PARKED = "parked"
    STOPPED = "stopped"
    UNDECLARED = "undeclared"  # runs, but no binding names it


class ServiceState(StrEnum):
    RUNNING = "running"
    EXITED = "exited"
    CREATED = "created"
    RESTARTING = "restarting"
    PAUSED = "paused"
    DEAD = "dead"
    MISSING = "missing"  # declared, engine readable, no such container
    UNKNOWN = "unknown"


class Health(StrEnum):
    """The verdict of a container's own health check."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    STARTING = "starting"
    NONE = "none"


class Condition(StrEnum):
    """The one column of the service counts that a service falls in; they add up to the total."""

    RUNNING = "running"  # running and well
    EXITED = "exited"  # not running: exited, created, paused, or absent and not wanted
    ERROR = "error"  # unhealthy, restarting, dead, missing, endpoint failed
    UNKNOWN = "unknown"


class EndpointState(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class MountState(StrEnum):
    OK = "ok"
    SLOW = "slow"  # answered, in over a second
    HUNG = "hung"
    STALE = "stale"
    MISSING = "missing"
    WRONG_SOURCE = "wrong_source"
    WRONG_MODE = "wrong_mode"
    UNKNOWN = "unknown"


class VolumeState(StrEnum):
    OK = "ok"
    UNKNOWN = "unknown"


class ImportState(StrEnum):
    OK = "ok"
    UNKNOWN = "unknown"


class Trigger(StrEnum):
    """Who asked for the look."""

    PERSON = "person"
    SCHEDULE = "schedule"


class Verdict(StrEnum):
    """How it stands, in one word."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
