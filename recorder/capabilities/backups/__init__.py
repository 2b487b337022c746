"""media.backup.*: what they share with each other, and each of them."""
