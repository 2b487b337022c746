"""What can be done to the stack: planned, carried out and judged."""
