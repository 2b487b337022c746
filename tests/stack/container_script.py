"""What happens to containers, step by step, and what a look tells of each step.

They are the script's own: what the lab runs besides never changes, and so must have no event.
"""

from stack.scripted import Row, Step, load, service, shell, until, until_answered

PING = "http://127.0.0.1:7878/ping"
PAGE = "/www/ping"
MOVIES_19 = "run movies lab/movies:1.9 httpd -f -p 7878 -h /www"
MOVIES_110 = "run movies lab/movies:1.10 httpd -f -p 7878 -h /www"
MUSIC = "run music --restart always lab/music:1 sleep 2147483647"
BOOKS = f"""run books --health-cmd '[ -e {PAGE} ]' --health-interval 1s --health-retries 1 \
    lab/books:1 sleep 2147483647"""
WAITS = "sh -c 'busybox mkfifo /tmp/door; read _ </tmp/door; "
FILMS = f"run films --memory 16m --memory-swap 16m lab/films:1 {WAITS} exec busybox tail /dev/zero'"
COMICS = f"run comics lab/comics:1 {WAITS} exit 3'"
BEGINNING = f"{MOVIES_19}\n{MUSIC}\n{BOOKS}\n{FILMS}\n{COMICS}"


def endpoint(was: str, now: str, detail: str | None = None) -> Row:
    return Row("endpoint", "movies", was, now, detail)


CONTAINERS = (
    Step("the first look"),
    Step("nothing"),
    Step(
        "a container is killed",
        (shell("docker kill music"),),
        ("✗ music on streaming-stack exited (137), was running",),
        (service("music", "running", "exited", "exit code 137"),),
    ),
    Step(
        "it is started",
        (shell("docker start music"),),
        ("✓ music on streaming-stack running again, was exited (137)",),
        (service("music", "exited", "running", "started"),),
    ),
    Step(
        "it is restarted",
        (shell("docker restart music"),),
        ("↻ music on streaming-stack restarted, running again",),
        (service("music", "running", "running", "restarted"),),
    ),
    Step(
        "it is restarted twice by hand: the engine tells of the last start alone",
        (shell("docker restart music; docker restart music"),),
        ("↻ music on streaming-stack restarted, running again",),
        (service("music", "running", "running", "restarted"),),
    ),
    Step(
        "it is killed and started between two looks",
        (shell("docker kill music; docker start music"),),
        ("↻ music on streaming-stack restarted, running again",),
        (service("music", "running", "running", "restarted"),),
    ),
    Step(
        "it is paused",
        (shell("docker pause music"),),
        ("✗ music on streaming-stack paused, was running",),
        (service("music", "running", "paused"),),
    ),
    Step(
        "it is unpaused",
        (shell("docker unpause music"),),
        ("✓ music on streaming-stack running again, was paused",),
        (service("music", "paused", "running"),),
    ),
    Step(
        "it is paused and unpaused between two looks",
        (shell("docker pause music; docker unpause music"),),
    ),
    Step(
        "it crashes, and its engine restarts it",
        (shell("crash music"), until("music", "running 1")),
        ("↻ music on streaming-stack restarted, running again",),
        (service("music", "running", "running", "restarted"),),
    ),
    Step(
        "it crashes twice between two looks",
        (
            shell("crash music"),
            until("music", "running 2"),
            shell("crash music"),
            until("music", "running 3"),
        ),
        ("↻ music on streaming-stack restarted twice, running again",),
        (service("music", "running", "running", "restarted"),),
    ),
    Step(
        "it is stopped",
        (shell("docker stop music"),),
        ("✗ music on streaming-stack exited (137), was running",),
        (service("music", "running", "exited", "exit code 137"),),
    ),
    Step(
        "a stopped one is made anew",
        (shell(f"docker rm music; {MUSIC}"),),
        ("✓ music on streaming-stack running again, recreated, was exited (137)",),
        (service("music", "exited", "running", "re-created"),),
    ),
    Step(
        "a running one is made anew",
        (shell(f"docker rm --force music; {MUSIC}"),),
        ("↻ music on streaming-stack recreated",),
        (service("music", "running", "running", "re-created"),),
    ),
    Step(
        "one that should not run ends by itself",
        (shell("knock comics"),),
        ("· comics on streaming-stack exited (3), was running",),
        (service("comics", "running", "exited", "exit code 3"),),
    ),
    Step(
        "it is started all the same",
        (shell("docker start comics"),),
        ("· comics on streaming-stack running, though parked, was exited (3)",),
        (service("comics", "exited", "running", "started"),),
    ),
    Step(
        "a container takes more memory than it may",
        (shell("knock films"),),
        ("✗ films on streaming-stack exited (137), out of memory, was running",),
        (service("films", "running", "exited", "exit code 137, out of memory"),),
    ),
    Step(
        "it has memory again",
        (shell("docker start films"),),
        ("✓ films on streaming-stack running again, was exited (137)",),
        (service("films", "exited", "running", "started"),),
    ),
    Step(
        "it runs out of memory and is started: the engine forgets why it ended",
        (shell("knock films; docker start films"),),
        ("↻ films on streaming-stack restarted, running again",),
        (service("films", "running", "running", "restarted"),),
    ),
    Step(
        "a container's own health check fails",
        (
            shell(f"docker exec books busybox mv {PAGE} /www/away"),
            until("books", "running 0 unhealthy"),
        ),
        ("✗ books on streaming-stack unhealthy, was running",),
        (service("books", "running", "running", "unhealthy"),),
    ),
    Step(
        "it is healthy again",
        (
            shell(f"docker exec books busybox mv /www/away {PAGE}"),
            until("books", "running 0 healthy"),
        ),
        ("✓ books on streaming-stack healthy again, was unhealthy",),
        (service("books", "running", "running", "healthy"),),
    ),
    Step(
        "a health URL is not found",
        (shell(f"docker exec movies busybox mv {PAGE} /www/away"),),
        ("✗ movies on streaming-stack endpoint failed (404)",),
        (endpoint("ok", "failed", "answered 404"),),
    ),
    Step(
        "it is found again",
        (shell(f"docker exec movies busybox mv /www/away {PAGE}"),),
        ("✓ movies on streaming-stack endpoint ok again, was failed (404)",),
        (endpoint("failed", "ok"),),
    ),
    Step(
        "the service behind it is killed",
        (shell("docker kill movies"),),
        ("✗ movies on streaming-stack exited (137), was running",),
        (
            endpoint("ok", "failed", "connection refused"),
            service("movies", "running", "exited", "exit code 137"),
        ),
    ),
    Step(
        "and started",
        (shell("docker start movies"), until_answered(PING)),
        ("✓ movies on streaming-stack running again, was exited (137)",),
        (endpoint("failed", "ok"), service("movies", "exited", "running", "started")),
    ),
    Step(
        "it is made anew from a newer image",
        (shell(f"docker rm --force movies; {MOVIES_110}"), until_answered(PING)),
        ("⬆ movies on streaming-stack updated 1.9 → 1.10",),
        (service("movies", "running", "running", "image 1.9 to 1.10"),),
    ),
    Step(
        "and from the older one",
        (shell(f"docker rm --force movies; {MOVIES_19}"), until_answered(PING)),
        ("⬇ movies on streaming-stack rolled back 1.10 → 1.9",),
        (service("movies", "running", "running", "image 1.10 to 1.9"),),
    ),
    Step(
        "an image is pulled: what runs is the old one still",
        (load("lab/movies:1.9", "1.9.1"),),
    ),
    Step(
        "and is used, by the same tag",
        (shell(f"docker rm --force movies; {MOVIES_19}"), until_answered(PING)),
        ("⬆ movies on streaming-stack updated 1.9 → 1.9.1",),
        (service("movies", "running", "running", "image 1.9 to 1.9.1"),),
    ),
    Step(
        "a declared container is removed",
        (shell("docker rm --force movies"),),
        ("✗ movies on streaming-stack missing, was running",),
        (
            endpoint("ok", "failed", "connection refused"),
            service("movies", "running", "missing"),
        ),
    ),
    Step(
        "it is made again",
        (shell(MOVIES_19), until_answered(PING)),
        ("✓ movies on streaming-stack running again, was missing",),
        (endpoint("failed", "ok"), service("movies", "missing", "running")),
    ),
    Step(
        "a declared container is renamed: by its label it is the same",
        (shell("docker rename books paper-books"),),
        told_by_spans=(("service", "books"),),
    ),
)
