"""The client: beside us where it is installed, two folders up in Opticals itself."""

try:
    from . import client  # type: ignore[attr-defined]
except ImportError:
    from ... import client

Client = client.Client
HostError = client.HostError

__all__ = ["Client", "HostError", "client"]
