"""Archives of configuration folders: made, checked and put back by a program on the host itself.

A host runs one of the `.sh` files here behind their common head; what crosses the way is lines, and
the archive's bytes where it is wanted elsewhere. The folder archives lie in is called a shelf:
BASE/LABEL/NAME.tar.gz, each with NAME.tar.gz.sha256 beside it. Invariant: what bears the name of
an archive was complete, on the disk, listed and compared when it got it.
"""
