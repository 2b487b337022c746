"""Container images without a registry: one archive with a busybox and a label set for each image.

All images share one layer, so an engine loads them all in one go. The layer holds busybox under a
few names and a small web tree that answers on every health path of the blueprint.
"""

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

from realhosts.blueprint import BAD_GATEWAY, HOSTS

BUSYBOX = Path("/bin/busybox")
APPLETS = ("sh", "sleep", "true", "false", "cat", "echo", "nc", "wget", "httpd")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
MADE_AT = "2024-11-23T12:00:00Z"
RECYCLARR = '#!/bin/sh\necho "recyclarr $*"\neval "$STAND_IN"\n'  # says and does what it is told
BAD_GATEWAY_SCRIPT = "#!/bin/sh\nprintf 'Status: 502 Bad Gateway\\r\\n\\r\\nno upstream\\n'\n"


def archive(references: dict[str, dict[str, str]]) -> bytes:
    """What `docker load` takes: an image for each reference ("lab/radarr:5.2"), with its labels."""
    layer = _layer()
    digest = hashlib.sha256(layer).hexdigest()
    members = {f"{digest}/layer.tar": layer}
    manifest = []
    for reference, labels in references.items():
        config = json.dumps(_config(labels, digest)).encode()
        name = f"{hashlib.sha256(config).hexdigest()}.json"
        members[name] = config
        manifest.append(
            {"Config": name, "RepoTags": [reference], "Layers": [f"{digest}/layer.tar"]}
        )
    members["manifest.json"] = json.dumps(manifest).encode()
    return _tar(members, modes={})


def labels_of(reference: str) -> dict[str, str]:
    """The labels that a well-made image of that name carries."""
    name, _, version = reference.partition(":")
    return {
        "org.opencontainers.image.title": name,
        "org.opencontainers.image.version": version,
    }


def _config(labels: dict[str, str], digest: str) -> dict[str, object]:
    return {
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": MADE_AT,
        # killed at once when stopped: a `sleep` as process 1 hears no SIGTERM
        "config": {"Env": ["PATH=/bin"], "Labels": labels, "StopSignal": "SIGKILL"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": MADE_AT, "created_by": "the lab"}],
    }


def _layer() -> bytes:
    paths = {each.health for host in HOSTS for each in host.services if each.health}
    files = {"bin/busybox": BUSYBOX.read_bytes(), "tmp/.keep": b""}
    files["bin/recyclarr"] = RECYCLARR.encode()
    for path in paths - {BAD_GATEWAY}:
        files[f"www{path}index.html" if path.endswith("/") else f"www{path}"] = b"ok\n"
    files[f"www{BAD_GATEWAY}"] = BAD_GATEWAY_SCRIPT.encode()
    run = ("bin/busybox", "bin/recyclarr", f"www{BAD_GATEWAY}")
    return _tar(files, modes=dict.fromkeys(run, 0o755), links=APPLETS)


def _tar(files: dict[str, bytes], *, modes: dict[str, int], links: tuple[str, ...] = ()) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            member.mode = modes.get(name, 0o644)
            tar.addfile(member, io.BytesIO(files[name]))
        for link in links:
            member = tarfile.TarInfo(f"bin/{link}")
            member.type = tarfile.SYMTYPE
            member.linkname = "busybox"
            tar.addfile(member)
    return made.getvalue()
