"""Joins a script inside an editing program to the Opticals panel, and starts the panel when none
runs. One file, the standard library alone, Python 3.6 or later: copy it beside the script.

    client = Client("Blender", "4.5.0", ["version", "undo"], handlers, project)
    client.start()                     # joins a panel that held this project; starts none
    client.send("select", {"edit": snapshot})        # starts a panel if there is none
    client.pump()                      # on the host's main thread, from a timer, some 20 ms apart
    client.close("Blender is closing")

A thread owns the socket and never touches the host's interface: what the panel asks for is run by
`pump`. An action that carries a key (`job`) is done once, however often it is asked for.
"""

import collections
import hmac
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import types

PROTOCOL = 1
LINE = 8 << 20  # bytes of one message
KEPT = 256  # answers that are kept by their keys
WAITING = 512  # requests that wait for the host; more are left in the socket
OUTGOING = 64 << 20  # bytes that a panel may be behind
GARBAGE = 20  # messages that are no messages, until the panel is left
ANSWER_S = 10.0  # until it is said that the panel does not answer
START_S = 40.0  # that a panel may take to start
LOOK_S = 1.0  # between looks for a panel

CHANGES = ("place", "switch", "restore", "drop", "undo", "redo")
AGAIN = ("select", "show")  # may be asked of the next panel when one died over it
LATEST = ("progress", "seek", "stands")  # of these only the last that was said matters

# What hosts set for themselves, which stops or changes other programs that are started from them.
LEAKED = (
    "PYTHONHOME PYTHONPATH PYTHONUSERBASE PYTHONSTARTUP PYTHONEXECUTABLE PYTHONNOUSERSITE "
    "PYTHONPLATLIBDIR __PYVENV_LAUNCHER__ LD_LIBRARY_PATH LD_PRELOAD QT_PLUGIN_PATH "
    "QT_QPA_PLATFORM_PLUGIN_PATH QT_QPA_FONTDIR QML2_IMPORT_PATH QML_IMPORT_PATH "
    "GIO_MODULE_DIR GIO_EXTRA_MODULES GST_PLUGIN_PATH GST_PLUGIN_SYSTEM_PATH MLT_REPOSITORY "
    "MLT_DATA MLT_PROFILES_PATH FREI0R_PATH LADSPA_PATH SSL_CERT_FILE SSL_CERT_DIR"
).split()
LEAKED_STARTS = ("DYLD_", "BLENDER_", "RESOLVE_", "FUSION_", "KDENLIVE_", "CYCLES_", "OIIO_")


class HostError(Exception):
    """What a handler raises when the host cannot do what is asked.

    Args:
        what: what happened and why, for people.
        kind: gone, trimmed, read-only, busy, not-ours, unsupported or failed.
        remedy: what to do about it.
    """

    def __init__(self, what, kind="failed", remedy=""):
        Exception.__init__(self, what)
        self.what = what
        self.kind = kind
        self.remedy = remedy


class Client(object):
    """One host program's connection to one panel.

    Args:
        host_name, version: as shown to people: `Blender`, `4.5.0`.
        can: of version, partial, overlay, undo, switch, restore, drop, seek.
        handlers: by method, what is done for the panel: a function of the request's params that
            returns the answer and runs on the main thread. It may be a generator: it gives the
            host its time back at each `yield`, and its `return` is the answer.
        project: `{"name", "path", "id"}`, path None while it is not saved; `id` is any text that
            stays as long as this project is open in this process, saved or not, and comes never
            again; left out where the host cannot tell. Or a function that says it, which is called
            on the main thread.
        recall, keep: where answers are kept in the project too: `recall(job)` gives the answer or
            None, `keep(job, answer)` keeps one. On the main thread.
        launch: how the panel is started, `{"argv", "home"}`, or the file that says it; left out,
            `opticals_launch.json` beside this file.
        panels: the folder where panels say that they are there.

    Attributes:
        state: "no panel", "starting" or "joined".
        text: the state, or what is wrong, for people.
        stands: what the panel shows of errors and offers at the moment, the newest first:
            {"text", "kind"}; None where it has not said. The handler of `stands` is called when
            that changes.
        progress: what is rendered, by its job: {"name", "done", "total", "text"}.
    """

    def __init__(
        self,
        host_name,
        version,
        can,
        handlers,
        project=None,
        recall=None,
        keep=None,
        launch=None,
        panels=None,
    ):
        self.host_name = host_name
        self.version = version
        self.can = list(can)
        self.handlers = dict(handlers)
        self.state = "no panel"
        self.text = "No panel is open."
        self.progress = {}
        self.stands = None
        self._project = project
        self._is = {"name": "", "path": None, "id": None}
        self._recall = recall
        self._keep = keep
        self._launch = launch
        self._folder = panels
        self._answers = collections.OrderedDict()
        self._latest = {}
        self._running = None  # (request, generator, its key)
        self._lock = threading.Lock()
        self._outbox = collections.deque()
        self._inbox = collections.deque()
        self._asked = {}  # id: [method, params, then, when, said]
        self._link = 0  # counts connections: answers go to the one that asked
        self._number = 0
        self._wanted = False  # a panel is to be started if there is none
        self._had_one = False
        self._resent = None
        self._closed = False
        self._why = ""
        self._thread = None
        self._process = None
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)

    # For the host, on its main thread.

    def start(self):
        """Look for a panel that held this project, and join it; none is started."""
        self._note_project()
        self._begin()

    def send(self, method, params=None):
        """Ask the panel for something, and have one started if there is none. What goes wrong is
        in `text`, and said to the handler of `notice`."""
        self.ask(method, params, None)

    def ask(self, method, params=None, then=None):
        """The same; `then(answer, error)` is called by `pump`: one of the two is None, the error
        is a `HostError`."""
        self._note_project()
        with self._lock:
            if method == "select":  # the last one that was pressed is the one that is meant
                old = [one for one in self._outbox if one[0] == "select"]
                for one in old:
                    self._outbox.remove(one)
            self._outbox.append((method, params or {}, then))
            self._wanted = True
        self._begin()
        self._wake()

    def tell(self, method, params=None):
        """Say something to the panel, if there is one: `changed`."""
        self._note_project()
        with self._lock:
            if self.state == "joined":
                self._outbox.append((None, {"method": method, "params": params or {}}, self._link))
        self._wake()

    def pump(self, budget_s=0.02):
        """Do what the panel asked for, as much as begins within the budget in seconds; whether
        more waits. Nothing is ever raised."""
        end = _now() + budget_s
        while True:
            if self._running is not None:
                self._step()
            else:
                with self._lock:
                    if not self._inbox:
                        return False
                    item = self._inbox.popleft()
                    again = len(self._inbox) == WAITING - 1
                if again:
                    self._wake()
                self._do(item)
            if _now() >= end:
                break
        with self._lock:
            return bool(self._inbox) or self._running is not None

    def close(self, why=""):
        """Leave the panel, which stays open."""
        self._why = why
        self._closed = True
        self._wake()
        thread = self._thread
        if thread is not None:
            thread.join(2.0)
        self._wake_in.close()
        self._wake_out.close()
        self._set("no panel", "No panel is open.")

    # What the panel asked for, on the main thread.

    def _do(self, item):
        kind, what = item[0], item[1]
        if kind == "answer":
            then, answer, error = what
            self._guard(then, answer, error)
        elif kind == "trouble":
            self._hear({"text": what, "kind": "error", "own": True})
        elif kind == "latest":
            with self._lock:
                method, params = self._latest.pop(what)
            if method == "progress":
                self._note_progress(params)
            elif method == "stands":
                self._note_standing(params)
            self._guard(self.handlers.get(method), params)
        elif kind == "told":
            method, params = what
            if method == "notice":
                self._hear(params)
            else:
                self._guard(self.handlers.get(method), params)
        else:
            self._request(what)

    def _request(self, request):
        method, params, key = request["method"], request["params"], None
        if method == "done":
            known, answer = self._known(params.get("job"))
            self._answer(request, {"known": known, "answer": answer and answer[0]}, None)
            return
        handler = self.handlers.get(method)
        if handler is None:
            text = "%s cannot do “%s”." % (self.host_name, method)
            self._answer(request, None, _error(text, "unsupported", code=-32601))
            return
        if method in CHANGES:
            key = params.get("job")
            if not isinstance(key, str) or not 0 < len(key) <= 200:
                self._answer(request, None, _error("“job” is missing.", code=-32602))
                return
            known, kept = self._known(key)
            if known:
                self._answer(request, *kept)
                return
        try:
            answer = handler(params)
        except Exception as error:
            self._finish(request, key, None, self._told(error))
            return
        if isinstance(answer, types.GeneratorType):
            self._running = (request, answer, key)
        else:
            self._finish(request, key, answer, None)

    def _step(self):
        request, steps, key = self._running
        try:
            next(steps)
        except StopIteration as end:
            self._running = None
            self._finish(request, key, end.value, None)
        except Exception as error:
            self._running = None
            self._finish(request, key, None, self._told(error))

    def _finish(self, request, key, answer, error):
        answer = {} if answer is None and error is None else answer
        if key is not None:
            self._answers[key] = (answer, error)
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
            if error is None and self._keep is not None:
                self._guard(self._keep, key, answer)
        self._answer(request, answer, error)

    def _known(self, key):
        """Whether an action was done before, and what came of it."""
        if not isinstance(key, str):
            return False, None
        if key in self._answers:
            return True, self._answers[key]
        kept = self._guard(self._recall, key)
        return (True, (kept, None)) if kept is not None else (False, None)

    def _answer(self, request, answer, error):
        message = {"jsonrpc": "2.0", "id": request["id"]}
        if error is None:
            message["result"] = answer
        else:
            message["error"] = error
        with self._lock:
            self._outbox.append((None, message, request["link"]))
        self._wake()

    def _told(self, error):
        if isinstance(error, HostError):
            return _error(error.what, error.kind, error.remedy)
        text = "%s could not do it: %s: %s" % (self.host_name, type(error).__name__, error)
        told = _error(text, "failed", "Nothing more is known; the details say where.")
        told["data"]["details"] = traceback.format_exc()
        return told

    def _hear(self, notice):
        self._guard(self.handlers.get("notice"), notice)

    def _note_progress(self, params):
        job, done, total = params.get("job"), params.get("done"), params.get("total")
        if not isinstance(job, str):
            return
        if not total or done == total:
            self.progress.pop(job, None)
        else:
            self.progress[job] = params
            while len(self.progress) > KEPT:
                self.progress.pop(next(iter(self.progress)))

    def _note_standing(self, params):
        found = params.get("notices")
        self.stands = [
            one
            for one in (found if isinstance(found, list) else [])[:KEPT]
            if isinstance(one, dict) and isinstance(one.get("text"), str) and one["text"]
        ]

    def _note_project(self):
        project = self._project
        if callable(project):
            project = self._guard(project)
        if isinstance(project, dict):
            self._is = {
                "name": project.get("name") or "",
                "path": project.get("path") or None,
                "id": project.get("id") or None,
            }

    @staticmethod
    def _guard(act, *given):
        """A fault in the host's own functions is no reason to break its timer."""
        if act is None:
            return None
        try:
            return act(*given)
        except Exception:
            traceback.print_exc()
            return None

    # The thread.

    def _begin(self):
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="opticals")
            self._thread.daemon = True
            self._thread.start()

    def _wake(self):
        try:
            self._wake_out.send(b"x")
        except OSError:
            pass  # it is awake, with as much to read as fits

    def _rest(self, seconds):
        select.select([self._wake_in], [], [], seconds)
        self._drain()

    def _drain(self):
        try:
            while self._wake_in.recv(4096):
                pass
        except OSError:
            pass

    def _run(self):
        try:
            while not self._closed:
                link = self._join()
                if link is not None:
                    self._serve(link)
                elif self._wanted:
                    self._start_panel()
                else:
                    self._rest(LOOK_S)
        except Exception:
            self._fail("The bridge to Opticals stopped: " + traceback.format_exc())
        finally:
            self._thread = None

    def _join(self):
        """The connection to a panel that may be joined; None."""
        for panel in self._panels():
            link = self._hello(panel)
            if link is not None:
                return link
        return None

    def _panels(self):
        """The panels that may be joined, the one that held this project first."""
        mine, free, away = [], [], []
        for panel in found_panels(panels_folder(self._folder, self._settings())):
            if panel.get("joined"):
                continue
            project = panel.get("project") or {}
            if panel.get("host") is None:
                free.append(panel)
            elif panel["host"] == self.host_name and self._held_by(project):
                mine.append(panel)
            else:
                away.append(panel)
        if self._wanted:
            return mine + free + away
        return mine + free if self._had_one else mine

    def _held_by(self, project):
        """Whether a panel's project is the one that is open here."""
        return any(self._is[key] and self._is[key] == project.get(key) for key in ("path", "id"))

    def _hello(self, panel):
        """A connection that the panel at its end has proved to be the one that wrote the file."""
        try:
            link = socket.create_connection(("127.0.0.1", panel["port"]), 1.0)
        except ConnectionRefusedError:
            _remove(panel["file"])  # nobody is there
            return None
        except OSError:
            return None
        params = {
            "protocol": PROTOCOL,
            "token": panel["token"],
            "host": self.host_name,
            "version": self.version,
            "pid": os.getpid(),
            "can": self.can,
            "project": self._is,
            "again": self._had_one and not self._wanted,
        }
        try:
            hello = {"jsonrpc": "2.0", "id": 0, "method": "hello", "params": params}
            link.sendall(_line(hello))
            line, rest = _first_line(link, 5.0)
            answer = json.loads(line.decode("utf-8"))["result"]
            if not hmac.compare_digest(str(answer["reply"]), str(panel["reply"])):
                raise ValueError("not the panel that wrote the file")
        except (OSError, ValueError, KeyError, TypeError):
            link.close()
            return None
        link.setblocking(False)
        return link, rest

    def _serve(self, joined):
        """Carry messages until either side goes."""
        link, buffer = joined[0], bytearray(joined[1])
        self._link += 1
        self._had_one, self._wanted = True, False
        self._set("joined", "The panel is open.")
        out, bad = bytearray(), 0
        try:
            while True:
                with self._lock:
                    room = len(self._inbox) < WAITING
                    outgoing = list(self._outbox)
                    self._outbox.clear()
                for one in outgoing:
                    out += self._outgoing(one)
                if self._closed:
                    out += _line(_note("bye", {"why": self._why}))
                    link.settimeout(1.0)
                    link.sendall(out)
                    return
                if len(out) > OUTGOING:
                    return
                if room and b"\n" in buffer:
                    bad += self._incoming(buffer)
                    if bad > GARBAGE:
                        return
                    continue
                self._say_slow()
                reading = [self._wake_in] + ([link] if room else [])
                ready = select.select(reading, [link] if out else [], [], 1.0)
                if self._wake_in in ready[0]:
                    self._drain()
                if link in ready[0]:
                    data = link.recv(1 << 18)
                    if not data:
                        return
                    buffer += data
                    if len(buffer) > LINE and b"\n" not in buffer:
                        return
                if ready[1]:
                    del out[: link.send(bytes(out[: 1 << 18]))]
        except OSError:
            return
        finally:
            link.close()
            self._lost()

    def _outgoing(self, one):
        """A message as bytes; nothing where it was for a panel that is gone."""
        method, what, more = one
        if method is None:
            if more != self._link:
                return b""
            try:
                line = _line(dict(what, jsonrpc="2.0"))
            except (TypeError, ValueError):
                line = b""
            if not line or len(line) > LINE:
                if "id" not in what:
                    return b""
                text = "%s gave an answer that cannot be sent." % self.host_name
                error = _error(text, "failed", "The project may be too large.")
                line = _line({"jsonrpc": "2.0", "id": what["id"], "error": error})
            return line
        self._number += 1
        id = "%s-%d" % (os.getpid(), self._number)
        try:
            line = _line({"jsonrpc": "2.0", "id": id, "method": method, "params": what})
            if len(line) > LINE:
                raise ValueError("more than %d MiB" % (LINE >> 20))
        except (TypeError, ValueError) as error:
            self._put_answer(more, None, HostError("It cannot be sent: %s" % error))
            return b""
        self._asked[id] = [method, what, more, _now(), False]
        return line

    def _incoming(self, buffer):
        """Take one message out of the buffer; how bad it was."""
        end = buffer.index(b"\n")
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        if not line.strip():
            return 0
        try:
            message = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            return self._refuse(None, -32700, "It is no JSON.")
        if not isinstance(message, dict):
            return self._refuse(None, -32600, "It is no request.")
        id, method = message.get("id"), message.get("method")
        if method is None:
            return self._answered(id, message)
        params = message.get("params", {})
        fine = isinstance(method, str) and isinstance(params, dict)
        if not fine or isinstance(id, bool) or not isinstance(id, (str, int, type(None))):
            return self._refuse(id if isinstance(id, (str, int)) else None, -32600, "Not valid.")
        with self._lock:
            if "id" in message and id is not None:
                request = {"id": id, "method": method, "params": params, "link": self._link}
                self._inbox.append(("request", request))
            elif method in LATEST:
                key = (method, str(params.get("job", "")))
                if key not in self._latest:
                    self._inbox.append(("latest", key))
                self._latest[key] = (method, params)
            elif method not in CHANGES:  # what changes something is asked for, not told
                self._inbox.append(("told", (method, params)))
        return 0

    def _refuse(self, id, code, text):
        with self._lock:
            message = {"id": id, "error": _error(text, code=code)}
            self._outbox.append((None, message, self._link))
        return 1

    def _answered(self, id, message):
        asked = self._asked.pop(id, None) if isinstance(id, str) else None
        if asked is None:
            return 1
        error = message.get("error")
        if error is None and "result" in message:
            self._put_answer(asked[2], message["result"], None)
            return 0
        error = error if isinstance(error, dict) else {}
        data = error.get("data") if isinstance(error.get("data"), dict) else {}
        told = HostError(
            str(error.get("message", "The panel could not do it.")),
            str(data.get("kind", "failed")),
            str(data.get("remedy", "")),
        )
        self._put_answer(asked[2], None, told)
        return 0

    def _put_answer(self, then, answer, error):
        with self._lock:
            if then is not None:
                self._inbox.append(("answer", (then, answer, error)))
            elif error is not None:
                text = " ".join(one for one in (error.what, error.remedy) if one)
                self._inbox.append(("trouble", text))

    def _say_slow(self):
        oldest = min((one[3] for one in self._asked.values()), default=None)
        if oldest is not None and _now() - oldest > ANSWER_S:
            self.text = "The panel has not answered for %d s." % ANSWER_S
        elif self.state == "joined":
            self.text = "The panel is open."

    def _lost(self):
        """The panel is gone: what it had not answered goes to the next, where that is safe; what
        it had asked for and did not begin is not begun, since it asks again."""
        asked, self._asked = self._asked, {}
        with self._lock:
            self._inbox = collections.deque(
                one for one in self._inbox if one[0] in ("answer", "trouble")
            )
            self._latest.clear()
            self.progress = {}
            self.stands = None
        if self._closed:
            return
        self._set("no panel", "The panel was closed.")
        again = [one for one in asked.values() if one[0] in AGAIN and one[1] is not self._resent]
        for one in asked.values():
            if one not in again:
                text = "The panel was closed before it answered."
                self._put_answer(one[2], None, HostError(text, "failed", "Ask again."))
        if again:
            with self._lock:
                newer = [one for one in self._outbox if one[0] == "select"]
                if not newer:
                    self._outbox.appendleft(tuple(again[-1][:3]))
                    self._resent = again[-1][1]  # once
                self._wanted = True

    def _set(self, state, text):
        self.state, self.text = state, text

    def _fail(self, text):
        """No panel can be had: what waits for one is told so."""
        self._set("no panel", text)
        with self._lock:
            waiting = [one for one in self._outbox if one[0] is not None]
            self._outbox.clear()
            self._wanted = False
        for one in waiting:
            self._put_answer(one[2], None, HostError(text, "failed"))

    # Starting a panel.

    def _settings(self):
        """How a panel is started, and where it says that it is there; {} where nobody said."""
        launch = self._launch
        if launch is None:
            here = os.path.dirname(os.path.abspath(__file__))
            launch = os.path.join(here, "opticals_launch.json")
        if isinstance(launch, dict):
            return launch
        try:
            with open(launch, encoding="utf-8") as file:
                said = json.load(file)
            return said if isinstance(said, dict) else {}
        except (OSError, ValueError):
            return {}

    def _start_panel(self):
        """Start a panel and wait for it to be there; what waited is told if it does not come."""
        said = self._settings()
        argv = said.get("argv")
        do = "Run “opticals host install” in a terminal, then press the key again."
        if not isinstance(argv, list) or not argv:
            self._fail("No panel is set up for %s. %s" % (self.host_name, do))
            return
        folder = panels_folder(self._folder, said)
        environment = scrubbed(os.environ)
        environment["OPTICALS_PANELS"] = folder
        environment["OPTICALS_HIDDEN"] = "1"  # until it is asked for
        if said.get("home"):
            environment["OPTICALS_HOME"] = said["home"]
        self._set("starting", "The panel is starting…")
        log = tempfile.TemporaryFile()
        try:
            more = {}
            if os.name == "nt":
                more["creationflags"] = 0x00000008 | 0x00000200  # detached, a group of its own
            else:
                more["start_new_session"] = True
            self._process = subprocess.Popen(
                [str(one) for one in argv],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment,
                close_fds=True,
                cwd=os.path.expanduser("~"),
                **more,
            )
        except (OSError, ValueError) as error:
            self._fail("The panel cannot be started: %s. %s" % (error, do))
            return
        with log:
            self._await_panel(log, do)

    def _await_panel(self, log, do):
        end = _now() + START_S
        while not self._closed and _now() < end:
            link = self._join()
            if link is not None:
                begun = _now()
                self._serve(link)
                if _now() - begun < START_S and self._ended(2.0):
                    self._fail_to_start(log, do)  # what shows it could not
                return
            if self._ended(0):
                self._fail_to_start(log, do)
                return
            self._rest(0.02)
        if not self._closed:
            self._fail("The panel did not start within %d s. %s" % (START_S, do))

    def _ended(self, seconds):
        """Whether the panel that was started ended by itself with an error."""
        try:
            return self._process.wait(seconds if not self._closed else 0) > 0
        except subprocess.TimeoutExpired:
            return False

    def _fail_to_start(self, log, do):
        log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
        lines = log.read().decode("utf-8", "replace").strip().splitlines()
        last = lines[-1] if lines else f"it ended with {self._process.returncode}"
        self._fail(f"The panel could not start: {last.rstrip('.')}. {do}")


def scrubbed(environment):
    """The environment for programs that are started from a host, without what it set for itself."""
    left = {
        key: value
        for key, value in environment.items()
        if key not in LEAKED and not key.startswith(LEAKED_STARTS)
    }
    if "OCIO" in left and left["OCIO"] != _at_start("OCIO", left["OCIO"]):
        del left["OCIO"]
    return left


def _at_start(name, now):
    """What a variable was when this program was started, where the system tells."""
    try:
        with open("/proc/self/environ", "rb") as file:
            pairs = file.read().split(b"\0")
    except OSError:
        return now
    wanted = os.fsencode(name) + b"="
    return next((os.fsdecode(one[len(wanted) :]) for one in pairs if one.startswith(wanted)), None)


def panels_folder(folder=None, launch=None):
    """Where panels say that they are there."""
    launch = launch or {}
    if folder or launch.get("panels"):
        return folder or launch["panels"]
    if os.environ.get("OPTICALS_PANELS"):
        return os.environ["OPTICALS_PANELS"]
    home = launch.get("home") or os.environ.get("OPTICALS_HOME")
    if home:
        return os.path.join(os.path.expanduser(home), "panels")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
        return os.path.join(local, "opticals", "opticals", "panels")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/opticals/panels")
    data = os.environ.get("XDG_DATA_HOME", "").strip() or os.path.expanduser("~/.local/share")
    return os.path.join(data, "opticals", "panels")


def found_panels(folder):
    """What panels say of themselves, the newest first. Files of panels that ended are removed;
    those that others could have read or written are not used."""
    try:
        if not _private(os.stat(folder)):
            return []
        names = [one for one in os.listdir(folder) if one.endswith(".json")]
    except OSError:
        return []
    found = []
    for name in names:
        path = os.path.join(folder, name)
        try:
            if not _private(os.lstat(path)) or os.path.getsize(path) > 1 << 16:
                continue
            with open(path, encoding="utf-8") as file:
                panel = json.load(file)
            port, pid = panel["port"], panel["pid"]
            fine = panel["protocol"] == PROTOCOL and len(panel["token"]) >= 32 and panel["reply"]
            if not fine or type(port) is not int or not 0 < port < 65536 or type(pid) is not int:
                continue
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if not _alive(pid):
            _remove(path)
            continue
        panel["file"] = path
        found.append(panel)
    return sorted(found, key=lambda one: str(one.get("started", "")), reverse=True)


def _private(found):
    """Whether nobody else can read or write what was found."""
    if os.name == "nt":
        return True
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


def _alive(pid):
    if os.name == "nt":
        return True  # its port tells
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass


def _first_line(link, seconds):
    """The first line that comes, and what came after it."""
    end, data = _now() + seconds, b""
    while b"\n" not in data:
        link.settimeout(max(0.01, end - _now()))
        more = link.recv(65536)
        if not more or len(data) > 65536 or _now() > end:
            raise OSError("no answer")
        data += more
    line, _, rest = data.partition(b"\n")
    return line, rest


def _line(message):
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("utf-8") + b"\n"


def _note(method, params):
    return {"jsonrpc": "2.0", "method": method, "params": params}


def _error(text, kind="failed", remedy="", code=-32000):
    return {"code": code, "message": text, "data": {"kind": kind, "remedy": remedy}}


def _now():
    return time.monotonic()
