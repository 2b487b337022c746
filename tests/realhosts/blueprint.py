"""What stands in the lab: the one table from which containers and bindings are made.

Addresses are those that RFC 5737 sets aside for examples: no route leads there from anywhere but
the lab's own network.
"""

from realhosts.plan import Account, Fate, Host, Mount, Service

CONTROL = "control"
CONTROL_ADDRESS = "192.0.2.1"
DEAD_ADDRESS = "192.0.2.66"  # on the lab's network, and nobody there
SSH_USER = "ubuntu"
PROJECT = "media"

ACCOUNTS = (
    Account("ubuntu", 61001, in_docker_group=True),
    Account("nodocker", 61002),
    Account("sudoer", 61003, sudo=True),
    Account("noisy", 61004, in_docker_group=True),  # prints a greeting before any answer
    Account("flood", 61005, login_shell="/etc/lab/flood"),  # answers with output that never ends
    Account("nologin", 61006, login_shell="/usr/sbin/nologin"),
    Account("falseshell", 61007, login_shell="/bin/false"),
    Account("stranger", 61008, authorized=False),
    Account("admin", 61009, in_docker_group=True, admin=True),
)

MEDIA = Mount("/mnt/media", "sshfs", source="pve:/media")

DOWNLOAD = (
    Service(
        "radarr",
        "lab/radarr:5.2.6",
        "management",
        7878,
        "/ping",
        app="radarr",
        dependencies=("sabnzbd",),
    ),
    Service(
        "sonarr",
        "lab/sonarr:4.0.9",
        "management",
        8989,
        "/ping",
        app="sonarr",
        dependencies=("sabnzbd",),
    ),
    Service("lidarr", "lab/lidarr:2.9.6", "management", 8686, "/ping", app="lidarr"),
    Service(
        "prowlarr", "lab/prowlarr:1.24.3", "management", 9696, "/ping", container="media-prowlarr-1"
    ),
    Service("bazarr", "lab/bazarr:1.4.5", "management", 6767, "/api/system/health", check=True),
    Service(
        "recyclarr", "lab/recyclarr:7.2", "management", health_reason="no_http_port", recreated=True
    ),
    Service("sabnzbd", "lab/sabnzbd:4.3.3", "download", 8080, "/sabnzbd/", check=True),
    Service("slskd", "lab/slskd:0.21", "download", 5030, "/cgi-bin/bad-gateway"),
    Service("decypharr", "lab/decypharr:1.0.1", "download", 8282, "/version"),
    Service(
        "qbittorrent",
        "lab/qbittorrent:4.6.7",
        "download",
        health_reason="vpn_network_mode",
        dependencies=("gluetun",),
    ),
    Service(
        "gluetun", "lab/gluetun:3.39", "infrastructure", health_reason="no_http_port", check=True
    ),
    Service("flaresolverr", "lab/flaresolverr:3.3.21", "infrastructure", 8191, "/health"),
    Service(
        "node-exporter-download",
        "lab/node-exporter:1.8",
        "infrastructure",
        9100,
        "/metrics",
        container="node-exporter",
    ),
    Service(
        "watchtower-download",
        "lab/watchtower:1.7.1",
        "infrastructure",
        container="watchtower",
        health_reason="no_http_port",
    ),
    Service(
        "unpackerr", "lab/unpackerr:0.14.5", "download", check=False, health_reason="no_http_port"
    ),
    Service(
        "swaparr",
        "lab/swaparr:0.10",
        "download",
        fate=Fate.RESTARTING,
        health_reason="no_http_port",
    ),
    Service(
        "autobrr", "lab/autobrr:1.50", "download", fate=Fate.KILLED, health_reason="auth_gated"
    ),
    Service(
        "cross-seed",
        "lab/cross-seed:6.0",
        "download",
        fate=Fate.FINISHED,
        health_reason="no_http_port",
    ),
    Service(
        "huntarr", "lab/huntarr:6.2", "management", fate=Fate.CREATED, health_reason="auth_gated"
    ),
    Service(
        "readarr",
        "lab/readarr:0.4.1",
        "management",
        fate=Fate.KILLED,
        declared="parked",
        health_reason="auth_gated",
    ),
    Service(
        "soularr", "lab/soularr:1.0", "download", fate=Fate.MISSING, health_reason="no_http_port"
    ),
    Service("tinker", "lab/tinker:0.1", declared=None),
    Service("old-test", "lab/tinker:0.1", declared=None, fate=Fate.FINISHED),
)

STREAMING = (
    Service("jellyfin", "lab/jellyfin:10.9.11", "streaming", 8096, "/health", check=True),
    Service("jellyseerr", "lab/jellyseerr:1.9.2", "streaming", 5055, "/api/v1/status"),
    Service("navidrome", "lab/navidrome:0.53", "music", 4533, "/ping"),
    Service("bazarr-anime", "lab/bazarr:1.4.5", "management", 6767, "/api/system/health"),
    Service(
        "jellystat",
        "lab/jellystat:1.1.1",
        "streaming",
        3000,
        "/health",
        health_reason="localhost_bound",
    ),
    Service(
        "node-exporter-streaming",
        "lab/node-exporter:1.8",
        "infrastructure",
        9100,
        "/metrics",
        container="node-exporter",
    ),
    Service(
        "watchtower-streaming",
        "lab/watchtower:1.7.1",
        "infrastructure",
        container="watchtower",
        health_reason="no_http_port",
    ),
    Service("wizarr", "lab/wizarr:4.1.1", "streaming", health_reason="auth_gated"),
    Service("subgen", "lab/subgen:2024.9", "streaming", check=False, health_reason="no_http_port"),
    Service("tdarr", "lab/tdarr:2.27", "streaming", fate=Fate.PAUSED, health_reason="auth_gated"),
    Service(
        "spotisub",
        "lab/spotisub:0.3",
        "music",
        fate=Fate.FINISHED,
        declared="stopped",
        health_reason="no_http_port",
    ),
    Service("homarr", "lab/homarr:0.15", "infrastructure", health_reason="auth_gated"),
    Service("guest-book", "lab/tinker:0.1", declared=None),
)

STORE = (
    Service("syncthing", "lab/syncthing:1.27", "storage", 8384, "/rest/noauth/health"),
    Service("minio", "lab/minio:2024.9", "storage", fate=Fate.KILLED, health_reason="auth_gated"),
    Service("scrutiny", "lab/scrutiny:0.8", "storage", health_reason="no_http_port"),
)

HOSTS = (
    Host(
        "download-stack",
        209,
        "192.0.2.209",
        "media-download",
        services=DOWNLOAD,
        mounts=(
            MEDIA,
            Mount("/mnt/downloads", "ext4"),
            Mount("/mnt/archive", "ext4", mode="ro"),  # declared rw: wrong_mode
            Mount("/mnt/backup", "none", source="pve:/backup"),
        ),
    ),
    Host(
        "streaming-stack",
        210,
        "192.0.2.210",
        "media-streaming",
        services=STREAMING,
        mounts=(Mount("/mnt/media", "sshfs", source="pve:/media", mode="ro", declared_mode="ro"),),
    ),
    Host(
        "nas",
        211,
        "192.0.2.211",
        "storage",
        engine="podman",
        first_address=DEAD_ADDRESS,
        ssh_user="sudoer",
        services=STORE,
    ),
    Host("inner", 212, "198.51.100.2", "behind", engine=None, behind="download-stack"),
)
OUTER_ADDRESS = "198.51.100.1"  # of the host before `inner`, on the link between the two
USUAL_HOSTS = ("download-stack", "streaming-stack")  # those of the bindings `lab run` uses

HEALTH_CHECK_INTERVAL_SEC = 5
BAD_GATEWAY = "/cgi-bin/bad-gateway"


def host(name: str) -> Host:
    """The host of that name."""
    return {each.name: each for each in HOSTS}[name]


def service(host_name: str, name: str) -> Service:
    """The service of that name on that host, by its own or its container's name."""
    for each in host(host_name).services:
        if name in (each.name, each.container_name):
            return each
    raise KeyError(f"no service {name!r} on {host_name}")
