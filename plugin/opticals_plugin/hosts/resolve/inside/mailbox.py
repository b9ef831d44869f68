"""How an entry of the menu reaches the agent that another entry started: a port of this machine,
whose number and token are in a file that only the user can read.
"""

import hmac
import json
import os
import socket
import threading
import uuid

from .bridge import client

ANSWER_S = 60.0
NAME = "resolve.agent"
_MOST = 4096  # bytes of what is asked


def path_of(panels=None):
    """The file that says where the agent listens."""
    here = os.path.dirname(os.path.abspath(client.__file__))
    try:
        with open(os.path.join(here, "opticals_launch.json"), encoding="utf-8") as file:
            launch = json.load(file)
    except (OSError, ValueError):
        launch = {}
    return os.path.join(client.panels_folder(panels, launch), NAME)


def hand_over(key, path):
    """Have the agent do what a key is for; what it said, or None where there is no agent."""
    try:
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        link = socket.create_connection(("127.0.0.1", int(said["port"])), 1.0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        link.settimeout(ANSWER_S)
        link.sendall((json.dumps({"token": said["token"], "key": key}) + "\n").encode())
        data = b""
        while not data.endswith(b"\n"):
            more = link.recv(_MOST)
            if not more:
                return None
            data += more
        return data.decode("utf-8", "replace").strip()
    except OSError:
        return None
    finally:
        link.close()


class Mailbox(object):
    """The agent's end: `take` gives what was asked for, one after the other."""

    def __init__(self, path):
        self.path = path
        self._token = uuid.uuid4().hex + uuid.uuid4().hex
        self._asked = []
        self._lock = threading.Lock()
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(8)
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder, 0o700)
        part = "%s.%s" % (path, uuid.uuid4().hex[:8])
        document = {"port": self._server.getsockname()[1], "token": self._token, "pid": os.getpid()}
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(document, file)
        os.replace(part, path)
        thread = threading.Thread(target=self._serve, name="opticals mailbox")
        thread.daemon = True
        thread.start()

    def take(self):
        """The next (key, reply), where `reply` takes what is said back; None."""
        with self._lock:
            return self._asked.pop(0) if self._asked else None

    def close(self):
        self._server.close()
        try:
            with open(self.path, encoding="utf-8") as file:
                mine = json.load(file).get("token") == self._token
            if mine:
                os.remove(self.path)
        except (OSError, ValueError):
            pass

    def _serve(self):
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._hear, args=(link,))
            thread.daemon = True
            thread.start()

    def _hear(self, link):
        try:
            link.settimeout(2.0)
            data = b""
            while not data.endswith(b"\n") and len(data) < _MOST:
                more = link.recv(_MOST)
                if not more:
                    break
                data += more
            asked = json.loads(data.decode("utf-8"))
            if not hmac.compare_digest(str(asked["token"]), self._token):
                raise ValueError("wrong token")
            key = str(asked["key"])
        except (OSError, ValueError, KeyError, TypeError):
            link.close()
            return

        def reply(text):
            try:
                link.sendall((text.replace("\n", " ") + "\n").encode("utf-8"))
            except OSError:
                pass
            link.close()

        with self._lock:
            self._asked.append((key, reply))
