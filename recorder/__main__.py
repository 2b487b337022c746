"""`python -m recorder` is `ops`."""

import os

from recorder.signalled import as_signalled

try:
    with as_signalled():
        from recorder.cli import main

    main()
except KeyboardInterrupt:  # before there was anything to say
    os._exit(130)
