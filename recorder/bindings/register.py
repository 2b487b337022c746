"""The operational gaps register: of its entries, the open ones that concern media.

It can be a megabyte of YAML, half a second of parsing. So this is a program of its own, run beside
the look: `python register.py PATH` prints `{"gaps": [[id, severity, title, status], …]}`, or
`{"line": 12, "why": "…"}`. It imports nothing of ours, so that it runs from wherever it stands,
and whatever a hostile register does to a parser in C happens in a process nobody misses.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

STATUSES = ("open", "accepted")
SEARCHED = ("id", "title", "doc", "discovered_by", "description")
UNSAID = ("", "null", "~")
TITLE_CHARS = 100
NICENESS = 10
WORD = re.compile(r"[a-z0-9_]+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s")
MEDIA = frozenset(
    """
    arr autopulse bazarr crosswatch decypharr emby flaresolverr gluetun homarr huntarr jellyfin
    jellyseerr kodi lidarr maintainerr media navidrome nfs nzbget nzbhydra overseerr plex
    posterizarr prowlarr qbittorrent radarr readarr recyclarr sabnzbd seerr slskd sonarr soularr
    spotisub subgen swaparr tautulli tdarr trailarr tubifarry unpackerr whisparr wizarr
    """.split()  # noqa: SIM905 - a line of words reads better than a column of literals
)
Row = tuple[str, str, str, str]


class BrokenRegisterError(ValueError):
    """The register can't be read from a line on."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


def media_gaps(text: str) -> list[Row]:
    """The open and accepted entries that concern media, in the register's order."""
    document = _parsed(text)
    entries = document.get("gaps") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise BrokenRegisterError(1, "gaps: must be a list")
    found = (_fields(entry) for entry in entries if isinstance(entry, Mapping))
    return [
        (gap["id"], gap.get("severity", "unknown"), _title(gap), gap["status"].lower())
        for gap in found
        if "id" in gap and gap.get("status", "").lower() in STATUSES and _concerns_media(gap)
    ]


def _parsed(text: str) -> object:
    import yaml  # noqa: PLC0415 - the words of this module are had without it

    # Every value as text: a wrong date in some entry is no reason to show none.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        document: object = yaml.load(text, Loader=loader)  # noqa: S506 - constructs text only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BrokenRegisterError(line, f"not YAML: {error.problem}") from None
    except (yaml.YAMLError, TypeError, RecursionError):  # TypeError: a list as a key
        raise BrokenRegisterError(1, "not YAML that can be read") from None
    return document


def _fields(entry: Mapping[object, object]) -> dict[str, str]:
    """What an entry says, a line of text each; its tags as words."""
    said = ((str(key), _words(value)) for key, value in entry.items())
    return {key: text for key, text in said if text not in UNSAID}


def _words(value: object) -> str:
    if isinstance(value, list):
        return " ".join(item for item in value if isinstance(item, str))
    return " ".join(value.split()) if isinstance(value, str) else ""


def _concerns_media(gap: Mapping[str, str]) -> bool:
    """By its tags where it has any, else by the words it is told with."""
    told: Iterable[str] = (
        (gap["tags"],) if "tags" in gap else (gap.get(key, "") for key in SEARCHED)
    )
    return any(not MEDIA.isdisjoint(WORD.findall(text.lower())) for text in told)


def _title(gap: Mapping[str, str]) -> str:
    """The title, else the first sentence of the description, without its full stop."""
    text = gap.get("title") or SENTENCE_END.split(gap.get("description", ""), maxsplit=1)[0]
    title = text.removesuffix(".") or gap.get("doc") or gap["id"]
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1].rstrip() + "…"


def main(path: Path) -> None:
    os.nice(NICENESS)  # the look goes first
    try:
        answer: dict[str, object] = {"gaps": media_gaps(path.read_text("utf-8-sig"))}
    except BrokenRegisterError as error:
        answer = {"line": error.line, "why": error.why}
    except UnicodeDecodeError:
        answer = {"line": 1, "why": "not UTF-8 text"}
    except OSError as error:
        answer = {"line": 1, "why": f"cannot be read: {error.strerror}"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
