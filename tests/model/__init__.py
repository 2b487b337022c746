"""Tests of the values that cross every boundary."""
