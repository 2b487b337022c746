"""What the recorded past means: pure functions over the model's values, no I/O and no clock."""
