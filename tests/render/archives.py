"""Archives made up for tests: what was packed, checked and put back, well and not."""

from datetime import UTC, datetime, timedelta

from recorder.model.archive import (
    Archive,
    Away,
    Checked,
    Copied,
    Database,
    Folder,
    Keeping,
    Made,
    Nothing,
    Packed,
    Restored,
    Skipped,
)

from .examples import HOSTILE_TEXTS

AT = datetime(2026, 2, 16, 3, 15, 0, tzinfo=UTC)
KEEPING = Keeping(7, timedelta(days=90))
NAME = "radarr-20260216T031500Z.tar.gz"


def folder(service: str, host: str = "download-stack", *, running: bool = True) -> Folder:
    return Folder(host, service, service, f"/opt/{service}/config", service, running)


def archive(label: str, size_bytes: int = 48_211_004, *, sure: bool = True) -> Archive:
    unsure = "" if sure else ".unsure"
    return Archive(label, f"{label}-20260216T031500Z{unsure}.tar.gz", AT, size_bytes, sure)


FOLDERS = (
    folder("radarr"),
    folder("sonarr"),
    folder("bazarr"),
    folder("jellyfin", "streaming-stack", running=False),
)
NOTHING = (Nothing("download-stack", "flaresolverr", Skipped.NO_CONFIG),)
AWAY = (Away("nas", "timed out after 5 s"),)
MADE = Made(
    (
        Packed(
            FOLDERS[0],
            archive("radarr"),
            212,
            databases=(Database("radarr.db", Copied.COPIED),),
            removed=(archive("radarr"),),
        ),
        Packed(
            FOLDERS[1],
            archive("sonarr", 91_000_220, sure=False),
            340,
            databases=(
                Database("sonarr.db", Copied.UNSURE, "neither sqlite3 nor python3 is there"),
            ),
        ),
        Packed(FOLDERS[2], None, trouble="too little space: it takes 812 MB, and 96 MB are free"),
        Packed(
            FOLDERS[3],
            archive("jellyfin", 1_288_000_000),
            12,
            databases=(Database("data/library.db", Copied.STILL),),
            notes=("cleared what a run that was killed left in ~/media-backups",),
        ),
    ),
    NOTHING,
    AWAY,
)
WELL = Made((MADE.packed[0],), (), ())
HOSTILE = Made(
    (
        Packed(
            Folder(*([HOSTILE_TEXTS[0]] * 4), None),
            archive(HOSTILE_TEXTS[1], sure=False),
            1,
            databases=tuple(Database(text, Copied.UNSURE, text) for text in HOSTILE_TEXTS),
            notes=tuple(HOSTILE_TEXTS),
        ),
        Packed(folder("x"), None, trouble=HOSTILE_TEXTS[2]),
    ),
    (Nothing("h", HOSTILE_TEXTS[0], Skipped.NO_CONTAINER),),
    (Away(HOSTILE_TEXTS[0], HOSTILE_TEXTS[1]),),
)
CHECKED = (
    Checked("download-stack", archive("radarr"), None, 212, 1),
    Checked("download-stack", archive("sonarr", sure=False), None, 340, 1),
    Checked("download-stack", archive("bazarr"), "its checksum is another"),
    Checked(
        "streaming-stack",
        archive("jellyfin", 1_288_000_000),
        None,
        12,
        None,
        "its databases: no space to unpack it",
    ),
)
RESTORED = Restored("/opt/radarr/config", 212, "/opt/radarr/config.before-20260216T130200Z")
