"""The services: what should run where, and the URL that tells whether it is well."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from recorder.bindings.health import read_health
from recorder.bindings.hosts import Defaults
from recorder.bindings.section import PORTS, RETRIES, Section
from recorder.bindings.spelling import did_you_mean, near_miss, quoted
from recorder.bindings.stack import ServiceBinding
from recorder.bindings.storage import whole_paths
from recorder.model import Declared

STATUSES = (Declared.ACTIVE, Declared.PARKED, Declared.STOPPED)
REASONS = ("no_http_port", "auth_gated", "localhost_bound", "vpn_network_mode")
OUR_KEYS = (
    "category",
    "config",
    "container",
    "dependencies",
    "health",
    "health_reason",
    "health_retries",
    "health_timeout_sec",
    "port",
    "scheme",
    "status",
    "tls_verify",
    "vm",
)
OTHERS_KEYS = (  # the spine's, or a note to a reader: known, so that none is taken for a slip
    "arr_host",
    "canary_scope",
    "categories",
    "critical",
    "description",
    "disabled_in",
    "enabled_in",
    "guardrails_contract",
    "ingest_priority",
    "ingest_protocol",
    "ingest_role",
    "network_mode",
    "note",
    "notes",
    "owner",
    "role",
    "target_status",
    "target_vm",
    "tunnel_service",
    "vpn_routed",
)
MEANT = {"host": "vm", "hosts": "vm"}


def read_services(
    root: Section, inventory: Collection[str], defaults: Defaults
) -> tuple[ServiceBinding, ...]:
    """`inventory` are the hosts heard of elsewhere; where there are none, any name is a host."""
    hosts = {*inventory, *root.section("hosts").entry.fields}
    names = root.section("services").entry.fields
    sections = list(root.sections("services"))
    services = []
    for name, section in sections:
        section.check_keys((*OUR_KEYS, *OTHERS_KEYS), MEANT)
        host = _host(section, hosts, closed=root.given("hosts"))
        service = _service(name, section, host or "", defaults)
        _check_dependencies(section, service, names)
        if host is not None:
            services.append(service)
    _check_containers(dict(sections), services)
    return tuple(services)


def _service(name: str, section: Section, host: str, defaults: Defaults) -> ServiceBinding:
    port = section.whole("port", *PORTS)
    reason = section.choice("health_reason", REASONS)
    health = read_health(
        section,
        port,
        timeout_sec=defaults.health_timeout_sec,
        via_ssh=reason == "localhost_bound",
    )
    retries = section.whole("health_retries", *RETRIES)
    if health:
        asked_again = defaults.health_retries if retries is None else retries
        health = replace(health, retries=asked_again)
    return ServiceBinding(
        name=name,
        host=host,
        container=section.text("container") or name,
        declared=Declared(section.choice("status", STATUSES) or Declared.ACTIVE),
        category=section.text("category"),
        port=port,
        health=health,
        health_reason=reason,
        dependencies=section.texts("dependencies"),
        config=whole_paths(section, "config"),
    )


def _host(section: Section, hosts: Collection[str], *, closed: bool) -> str | None:
    """The host a service names.

    Where `hosts:` stands it has to be one heard of (`closed`). Else services decide which hosts
    there are, and only a near-miss of a host heard of is wrong.
    """
    name = section.text("vm", required=True)
    if name is None or name in hosts:
        return name
    if closed or near_miss(name, hosts):
        section.wrong("vm", f"no host {quoted(name)}{did_you_mean(name, hosts)}")
        return None
    return name


def _check_dependencies(section: Section, service: ServiceBinding, names: Collection[str]) -> None:
    for name in service.dependencies:
        if name not in names:
            hint = did_you_mean(name, names)
            section.wrong("dependencies", f"no service {quoted(name)}{hint}")


def _check_containers(sections: dict[str, Section], services: Sequence[ServiceBinding]) -> None:
    """No two active services claim one container of one host."""
    claims: dict[tuple[str, str], str] = {}
    for service in services:
        if service.declared is not Declared.ACTIVE:
            continue
        first = claims.setdefault((service.host, service.container), service.name)
        if first != service.name:
            section, line = sections[service.name], sections[first].entry.line
            claimed = f"services.{first} claims {quoted(service.container)} on {service.host} too"
            section.wrong("container", f"{claimed}, on line {line}")
