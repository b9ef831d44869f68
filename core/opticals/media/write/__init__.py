"""Renders: formats, encoders, containers."""
