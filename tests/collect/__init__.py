"""Tests of recorder/collect that need no lab: loopback, captured answers and fake programs."""
