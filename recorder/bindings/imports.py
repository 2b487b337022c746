"""The apps whose imports of the day are counted, and where their keys are read from.

A key that stands in the file itself is a mistake, and no line ever shows what stands there.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from recorder.bindings.entry import Kind
from recorder.bindings.section import Section, listing
from recorder.bindings.stack import ImportBinding, KeyBinding, ServiceBinding

APPS = ("radarr", "sonarr", "lidarr")
IMPORT_KEYS = ("api_key", "app", "description", "note", "notes", "service", "url_base")
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LOOKS_LIKE_A_KEY = re.compile(r"[0-9a-f]{32}")
ELSEWHERE = "put the key in the environment or a 0600 file: {env: NAME} or {file: PATH}"


def read_imports(
    root: Section, services: Mapping[str, ServiceBinding], folder: Path
) -> tuple[ImportBinding, ...]:
    """`services` are those that could be read; others may be named all the same."""
    named = root.section("services").entry.fields
    imports = []
    for name, section in root.sections("imports"):
        section.check_keys(IMPORT_KEYS)
        service = _service(name, section, named, services)
        app = _app(name, service, section)
        key = _key(name, section, folder)
        base = _url_base(section)
        if service is not None and app is not None and key is not None:
            imports.append(ImportBinding(name, app, service, key, base))
    return tuple(imports)


def _service(
    name: str,
    section: Section,
    named: Collection[str],
    services: Mapping[str, ServiceBinding],
) -> str | None:
    """The service that is asked, called like the import where it does not say; it has a port."""
    own_name = name in named and not section.given("service")
    service = name if own_name else section.known("service", named, "service")
    if service is not None and service in services and services[service].port is None:
        section.wrong("service", f"services.{service} has no port to ask")
    return service


def _app(name: str, service: str | None, section: Section) -> str | None:
    """The app as said, else the one a name speaks of: "radarr-4k" is a Radarr."""
    if section.given("app"):
        return section.choice("app", APPS)
    told = (name.casefold(), (service or "").casefold())
    found = next((app for word in told for app in APPS if app in word), None)
    if found is None:
        section.wrong("app", f"missing: say {listing(APPS)}")
    return found


def _url_base(section: Section) -> str:
    base = (section.text("url_base") or "").rstrip("/")
    if base and (not base.startswith("/") or " " in base):
        section.wrong("url_base", 'must begin with a slash, as in "/radarr"')
    return base


def _key(name: str, section: Section, folder: Path) -> KeyBinding | None:
    """Where the key is; the variable RADARR_API_KEY for an import called radarr."""
    if not section.given("api_key"):
        return KeyBinding(env=re.sub(r"\W", "_", name.upper(), flags=re.ASCII) + "_API_KEY")
    entry = section.entry.fields["api_key"]
    key = section.section("api_key") if entry.kind is Kind.MAPPING else None
    given = [way for way in ("env", "file") if key is not None and key.given(way)]
    if key is None or len(given) != 1 or key.entry.fields[given[0]].kind is not Kind.TEXT:
        section.wrong("api_key", ELSEWHERE)
        return None
    text = key.entry.fields[given[0]].text
    if LOOKS_LIKE_A_KEY.fullmatch(text) or not (text.isprintable() and text):
        section.wrong("api_key", ELSEWHERE)
        return None
    if given == ["file"]:
        return _in_file(text, key, folder)
    if not ENV_NAME.fullmatch(text):
        key.wrong("env", "must be the name of an environment variable, as in RADARR_API_KEY")
        return None
    return KeyBinding(env=text)


def _in_file(path: str, key: Section, folder: Path) -> KeyBinding | None:
    try:
        return KeyBinding(file=folder / Path(path).expanduser())
    except RuntimeError:  # pathlib's word for a home nobody has
        key.wrong("file", "begins with a ~ that is nobody's home here: write the whole path")
        return None
