"""The screen of media.status --history: one file a box."""
