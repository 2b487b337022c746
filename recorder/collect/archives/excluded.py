"""What of a configuration folder is left out: what the app makes or fetches anew by itself.

A pattern without a slash is a name anywhere in the folder; one that ends with a slash, a folder's;
one with a slash within is a path from the top. `*`, `?` and `[…]` are wildcards. Pure.
"""

from collections.abc import Iterable, Sequence

EVERY_APP = (
    "logs/",
    "log/",
    "Logs/",
    "*.log",
    "*.log.[0-9]*",
    "*.pid",
    "Cache/",
    "cache/",
    ".cache/",
    "caches/",
    "tmp/",
    "temp/",
    "lost+found/",
    "MediaCover/",
)
ARR = ("logs.db", "logs.db-*", "UpdateLogs/", "Sentry/")
OF_APP: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("radarr", "sonarr", "lidarr", "readarr", "whisparr", "prowlarr"), ARR),
    "jellyfin": ("transcodes/", "metadata/library", "metadata/People"),
    "emby": ("transcoding-temp/", "metadata/library", "metadata/People"),
    "plex": ("Crash Reports/", "Codecs/", "Updates/", "Diagnostics/", "PhotoTranscoder/"),
    "sabnzbd": ("Downloads/",),
    "slskd": ("downloads/", "incomplete/"),
    "recyclarr": ("repositories/", "resources/"),
    "tautulli": ("image-cache/",),
}
SPECIAL = ("s", "p", "b", "c")  # sockets, pipes and devices: nothing to keep


def patterns_for(service: str, image: str = "", more: Iterable[str] = ()) -> tuple[str, ...]:
    """What is left out of a service's folder; the app is told by the name of service or image."""
    known = [
        pattern
        for app, patterns in OF_APP.items()
        if app in service.casefold() or app in image.casefold()
        for pattern in patterns
    ]
    return tuple(dict.fromkeys([*EVERY_APP, *known, *more]))


def find_test(patterns: Sequence[str]) -> list[str]:
    """The patterns as a test for find(1), which is run in the folder."""
    tests = [["-type", kind] for kind in SPECIAL]
    for pattern in patterns:
        name = pattern.rstrip("/")
        if not name.strip("/"):
            continue
        test = ["-path", f"./{name.lstrip('/')}"] if "/" in name else ["-name", name]
        tests.append(["(", "-type", "d", *test, ")"] if pattern.endswith("/") else test)
    return [word for number, test in enumerate(tests) for word in (["-o"] * bool(number) + test)]
