"""A server of one file over TLS, as slow and unreliable as a test wants it."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Served:
    """What is at every path of the server but `/moved...`, which leads to `goal`.

    Attributes:
        content: may be changed while it is served; its ETag changes with it.
        break_after: bytes after which a connection is dropped; None: never.
        pause: seconds between pieces of 64 KiB.
        asked: of each request its path and headers.
        sent: bytes of content handed out in all.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.break_after: int | None = None
        self.pause = 0.0
        self.goal = ""
        self.status = 200
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.sent = 0
        self.address = ""

    @property
    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.asked]


@contextmanager
def serving(content: bytes, certificate: Path | None = None) -> Iterator[Served]:
    """Serve `content` on this machine; over TLS with a certificate and its key in one file."""
    served = Served(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, dict(self.headers)))
            if served.status != 200:
                self.send_error(served.status)
                return
            if self.path.startswith("/moved"):
                self.send_response(302)
                self.send_header("Location", served.goal)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body, tag = served.content, f'"{hashlib.sha256(served.content).hexdigest()[:8]}"'
            start = 0
            asked = self.headers.get("Range")
            if asked and self.headers.get("If-Range") == tag:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                if start >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            for at in range(start, len(body), 1 << 16):
                piece = body[at : at + (1 << 16)]
                if served.break_after is not None and at - start >= served.break_after:
                    return
                time.sleep(served.pause)
                try:
                    self.wfile.write(piece)
                except OSError:
                    return
                served.sent += len(piece)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if certificate is None else "https"
    served.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, by the openssl command."""
    key = path.with_suffix(".key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path
