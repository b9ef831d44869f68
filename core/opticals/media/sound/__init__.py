"""Embedded sound, cut to the sample."""
