"""A history's server that can't be reached or written to. The picture is shown all the same."""

from faults.row import Row

FILE = "cli/test_server_faults.py::"
KEPT_OUT = f"{FILE}test_a_server_that_keeps_us_out_is_told"
FULL = f"{FILE}test_a_server_whose_disk_is_full_loses_nothing"
ENDED = f"{FILE}test_a_server_that_ends_costs_one_look"
RESTED_ON = "store/test_older_site.py::test_what_rests_on_a_site_s_views_is_named_and_not_dropped"
SITE = "postgresql://…"
AWAY = f"not recorded: {SITE}: no answer from its server: "
OUT = f"not recorded: {SITE}: its server does not let us in: "
PASSWORD = "; give the password with PGPASSWORD or in ~/.pgpass"  # noqa: S105 - advice
TLS = "; see sslmode and sslrootcert in docs/scale.md"
READY = "; see `pg_isready`"
BOUND_SEC = 15


def _row(key: str, made: str, says: str, test: str = KEPT_OUT) -> Row:
    return Row(key, key, made, BOUND_SEC, 3, test, says=says)


ROWS = (
    _row("its server is off", "another port", f"{AWAY}Connection refused{READY}"),
    _row(
        "the password is wrong",
        "`scram-sha-256` in pg_hba.conf",
        f'{OUT}password authentication failed for user "locked"{PASSWORD}',
    ),
    _row("no password is given", "the same", f"{OUT}fe_sendauth: no password supplied{PASSWORD}"),
    _row(
        "it has no such user",
        "a name nobody has",
        f'{OUT}role "nobody" does not exist; make the role: `createuser` on the server',
    ),
    _row(
        "it has no such database",
        "a name none has",
        f'{OUT}database "nothing" does not exist; make the database: `createdb` on the server',
    ),
    _row(
        "it wants TLS, and the URL forbids it",
        "`hostssl` alone in pg_hba.conf, `sslmode=disable`",
        f'{OUT}pg_hba.conf rejects connection for host "127.0.0.1", user "sealed", '
        'database "media", no encryption; let this address in: pg_hba.conf on the server',
    ),
    _row(
        "nobody vouches for its certificate",
        "`sslmode=verify-full`, and another's certificate as `sslrootcert`",
        f"{OUT}SSL error: certificate verify failed{TLS}",
    ),
    _row(
        "its certificate is for another name",
        "`sslmode=verify-full` at a name that is not in it",
        f'{OUT}server certificate for "db.example" does not match host name "other.example"{TLS}',
    ),
    _row(
        "this user may write nothing",
        "a user without rights",
        f"not recorded: {SITE} may not be used so by this user: permission denied for database "
        "media; what it needs is in docs/scale.md",
    ),
    _row(
        "it only reads",
        "`default_transaction_read_only`, as on a standby",
        f"not recorded: {SITE}: its server only reads; give the one that is written to, with --db",
    ),
    _row(
        "a view of your own keeps an older site from being upgraded",
        "a real site of the schema before, and a view that selects from one of its",
        f"not recorded: {SITE} could not be upgraded (view public.report depends on view event) "
        "and is as it was; drop what is yours, upgrade, and make it again",
        RESTED_ON,
    ),
    _row(
        "its disk is full",
        "a tablespace on a real disk of 8 MB, filled to its last block",
        f"not recorded: no space left on the server of {SITE}; what was recorded before is whole",
        FULL,
    ),
    _row(
        "it is stopped amid a look",
        "`pg_ctl stop` while hosts are asked",
        f"{AWAY}Connection refused{READY}",
        ENDED,
    ),
    _row(
        "it is stopped amid a statement",
        "`pg_ctl stop` while the look is written",
        f"{AWAY}terminating connection due to administrator command{READY}",
        ENDED,
    ),
    _row(
        "it crashes amid a look",
        "`kill -KILL` to all its processes while hosts are asked",
        f"{AWAY}Connection refused{READY}",
        ENDED,
    ),
    _row(
        "it crashes amid a statement",
        "`kill -KILL` to all its processes while the look is written",
        f"{AWAY}the connection broke off{READY}",
        ENDED,
    ),
)
