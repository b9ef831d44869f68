"""Measurements, run by `make bench`. They print; they never fail a test."""
