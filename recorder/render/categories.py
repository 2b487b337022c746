"""Who is who: the services by category, the ones in trouble marked.

Where no binding names a service, the compose projects they belong to stand for categories.
"""

from collections.abc import Sequence

from rich.text import Text

from recorder.model import Condition, Declared, Service, Verdict
from recorder.render import marks
from recorder.render.closing import Severities
from recorder.render.crowd import MOST_NAMED
from recorder.render.grid import Grid, Row
from recorder.render.safe import safe

UNDECLARED = "undeclared"


def grids(
    services: Sequence[Service], wrong: Severities, *, crowded: bool = False
) -> Sequence[Grid]:
    """A heading, and a row a category: how many, and their names; in a crowd, those in trouble."""
    bound = any(service.declared is not Declared.UNDECLARED for service in services)
    groups: dict[str, list[Service]] = {}
    for service in services:
        label = _category(service) if bound else service.project or "no project"
        groups.setdefault(label, []).append(service)
    if UNDECLARED in groups and bound:
        groups[UNDECLARED] = groups.pop(UNDECLARED)  # comes last
    heading = Row((Text("By Category:" if bound else "By Compose Project:"),))
    row = _crowded_row if crowded else _row
    rows = [row(label, group, wrong) for label, group in groups.items()]
    return Grid([heading]), Grid(rows, gaps=(1,))


def _category(service: Service) -> str:
    if service.declared is Declared.UNDECLARED:
        return UNDECLARED
    return service.category or "no category"


def _row(label: str, group: Sequence[Service], wrong: Severities) -> Row:
    instances: dict[str, list[Service]] = {}
    for service in group:
        instances.setdefault(service.container, []).append(service)
    names = Text(", ").join(_name(same, wrong) for same in instances.values())
    listed = Text("(").append_text(names).append(")")
    return Row((Text(f"{safe(label)}:"), Text(str(len(group))), listed), indent=2)


def _crowded_row(label: str, group: Sequence[Service], wrong: Severities) -> Row:
    ill = [it for it in group if ("service", it.host, it.name) in wrong]
    shown = [_name([it], wrong) for it in ill[:MOST_NAMED]]
    if len(ill) > len(shown):
        shown.append(Text(marks.glued(f"and {len(ill) - len(shown)} more")))
    listed = Text("(").append_text(Text(", ").join(shown)).append(")") if shown else Text()
    return Row((Text(f"{safe(label)}:"), Text(str(len(group))), listed), indent=2)


def _name(same: Sequence[Service], wrong: Severities) -> Text:
    """One name, its star when it stands for several, its mark when it is not simply well."""
    name = safe(same[0].name) if len(same) == 1 else safe(same[0].container) + marks.MANY
    mark = next((mark for mark in _WORST_FIRST if mark in {_mark(it, wrong) for it in same}), None)
    return Text(f"{name}{marks.GLUE}{mark}", marks.style(mark)) if mark else Text(name)


_WORST_FIRST = (marks.FAIL, marks.WARN, marks.UNKNOWN, marks.IDLE)


def _mark(service: Service, wrong: Severities) -> str:
    severity = wrong.get(("service", service.host, service.name), Verdict.OK)
    if severity is not Verdict.OK:
        return marks.OF_VERDICT[severity]
    calm = {Condition.UNKNOWN: marks.UNKNOWN, Condition.EXITED: marks.IDLE}
    return calm.get(service.condition, marks.OK)
