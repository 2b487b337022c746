"""Two whole machines under emulation, each with a kernel of its own: real NFS between them."""
