"""`python -m recorder` is `ops`."""

from recorder.cli import main

main()
