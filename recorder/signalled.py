"""A signal that comes amid an import, as the exception it raised.

Until Python 3.12 whatever is raised while the names of a class are told to what it holds
(`__set_name__`, as of an enum's members) becomes the cause of a RuntimeError.
"""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def as_signalled() -> Iterator[None]:
    """Raise KeyboardInterrupt and SystemExit as themselves."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error.__cause__, KeyboardInterrupt | SystemExit):
            raise error.__cause__ from None
        raise
