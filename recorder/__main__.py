"""`python -m recorder` is `ops`."""

import os

try:
    from recorder.cli import main

    main()
except KeyboardInterrupt:  # before there was anything to say
    os._exit(130)
