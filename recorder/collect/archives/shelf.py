"""What lies on a shelf, and what is taken from it; on any host, this machine too."""

from collections.abc import Sequence

from recorder.collect.archives.script import answers, number_of
from recorder.collect.shell import Shell
from recorder.model.archive import Archive, Checked, Keeping, parse_archive, past_keeping

LIMIT_SEC = 120.0
CHECK_LIMIT_SEC = 4 * 3600.0


def archives(shell: Shell, base: str) -> tuple[Archive, ...]:
    """The archives on a shelf, by label and time; what bears another name is not ours."""
    found = []
    for word, rest in answers(shell, "shelf", [base], LIMIT_SEC):
        label, _, others = rest.partition(" ")
        name, _, size = others.partition(" ")
        size_bytes = number_of(size)
        if word == "shelved" and size_bytes is not None:
            found.append(parse_archive(label, name, size_bytes))
    return tuple(sorted(filter(None, found), key=lambda it: (it.label, it.at, it.name)))


def tidy(shell: Shell, base: str, keeping: Keeping, made: Archive) -> tuple[Archive, ...]:
    """Take away what is past its keeping now that `made` is complete. Raises Failed."""
    alike = [it for it in archives(shell, base) if it.label == made.label]
    gone = past_keeping(alike, keeping, made) if made in alike else ()
    if gone:
        answers(shell, "shelf", [base, made.label, *(it.name for it in gone)], LIMIT_SEC)
    return gone


def check(shell: Shell, host: str, base: str, some: Sequence[Archive]) -> tuple[Checked, ...]:
    """Check archives of one shelf. Raises Failed."""
    found: list[Checked] = []
    for label in dict.fromkeys(it.label for it in some):
        alike = [it for it in some if it.label == label]
        names = [it.name for it in alike]
        said = answers(shell, "check", [base, label, *names], CHECK_LIMIT_SEC)
        found += [_checked(host, it, said) for it in alike]
    return tuple(found)


def _checked(host: str, archive: Archive, said: Sequence[tuple[str, str]]) -> Checked:
    told = [
        (word, rest.removeprefix(f"{archive.name} "))
        for word, rest in said
        if rest.startswith(f"{archive.name} ")
    ]
    note = next((rest for word, rest in told if word == "unchecked"), None)
    verdict = next((rest for word, rest in told if word == "checked"), "bad nothing was said of it")
    word, _, rest = verdict.partition(" ")
    if word != "good":
        return Checked(host, archive, rest, note=note)
    files, _, databases = rest.partition(" ")
    opened = number_of(databases) if note is None else None
    return Checked(host, archive, None, number_of(files) or 0, opened, note)
