#!/usr/bin/env python3
"""An InterLink plugin in one file of standard Python: protocol v2, a container is a process of this account.

    python3 plugin.py --port 4003 --token-file ~/.config/interlink/token

What it leaves out: images are ignored and nothing is isolated; volumes are folders, which $INTERLINK_VOLUME_<NAME> names, and are not
updated; no exec, attach, port-forward or statistics; pods that restart, are probed or have hooks are refused; logs and pods are kept
in memory, and a restart forgets them.
"""

import argparse
import base64
import hmac
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
NAMES = {
    "cluster": r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,126}[A-Za-z0-9])?",
    "node": r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
    "uid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "namespace": LABEL,
    "container": LABEL,
    "volume": LABEL,
}
NAMES["pod"] = NAMES["node"]
STATUS = {
    "invalid_argument": 400, "unauthenticated": 401, "not_found": 404, "aborted": 409,
    "failed_precondition": 422, "internal": 500, "unimplemented": 501,
}  # fmt: skip

PODS = {}  # by UID: names are used again
EPOCHS = {}  # the highest of each owner
NEWS = threading.Condition()  # guards all of this; notified when something changed


class Refusal(Exception):
    """An answer that is no success: a code of the protocol, words for its reader, and maybe a reason for a program."""

    def __init__(self, code, message, reason=None):
        super().__init__(message)
        self.code, self.reason = code, reason


def name(kind, value):
    """What is not a name becomes no path and no label."""
    if isinstance(value, str) and re.fullmatch(NAMES[kind], value):
        return value
    raise Refusal("invalid_argument", f"{str(value)[:80]!r} is not the name of a {kind}")


def whole(query, key):
    if key in query and not re.fullmatch(r"[0-9]{1,9}", query[key]):
        raise Refusal("invalid_argument", f"{key} is {query[key][:80]!r}: a whole number is wanted")
    return int(query[key]) if key in query else None


def now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def changed():
    with NEWS:
        NEWS.notify_all()


class Container:
    def __init__(self, spec):
        self.name, self.image = name("container", spec.get("name")), spec.get("image", "")
        self.argv = [*spec.get("command", []), *spec.get("args", [])]
        self.directory = spec.get("workingDir")
        self.env = {each["name"]: each.get("value", "") for each in spec.get("env", [])}
        self.state = {"waiting": {"reason": "PodInitializing"}}
        self.lines = []  # (when, bytes)
        self.process = None
        if not self.argv:
            raise Refusal("failed_precondition", f"Container {self.name} has no command, and images are ignored here")
        for field in ("startupProbe", "livenessProbe", "readinessProbe", "lifecycle"):
            if spec.get(field):
                raise Refusal("failed_precondition", f"Container {self.name} has a {field}: not here")

    def run(self, pod):
        """Returns when it has ended, and nothing that it started is left."""
        started = now()
        with NEWS:
            if pod.is_ending:
                return
            try:
                env = {"PATH": os.environ.get("PATH", ""), "HOME": str(pod.folder), **self.env, **pod.volume_env}
                self.process = subprocess.Popen(
                    self.argv, cwd=self.directory or pod.folder, env=env, stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                return self.end(started, 128, "StartError", str(error))
            self.state = {"running": {"startedAt": started}}
        changed()
        reader = threading.Thread(target=self.read, daemon=True)
        reader.start()
        code = self.process.wait()
        self.kill(signal.SIGKILL)
        reader.join()
        self.end(started, code if code >= 0 else 128 - code, "Completed" if code == 0 else "Error")

    def read(self):
        for line in self.process.stdout:
            self.lines.append((now(), line))
            changed()

    def end(self, started, code, reason, message=""):
        terminated = {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": now()}
        self.state = {"terminated": {**terminated, **({"message": message} if message else {})}}
        changed()

    def kill(self, number):
        try:
            if self.process:
                os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def status(self):
        rest = {"restartCount": 0, "image": self.image, "imageID": ""}
        return {"name": self.name, "state": self.state, "ready": "running" in self.state, **rest}


class Pod:
    def __init__(self, owner, request):
        metadata, spec = request["pod"]["metadata"], request["pod"]["spec"]
        self.owner, self.uid = owner, name("uid", metadata.get("uid"))
        self.namespace, self.name = name("namespace", metadata.get("namespace")), name("pod", metadata.get("name"))
        self.init = [Container(each) for each in spec.get("initContainers", [])]
        self.main = [Container(each) for each in spec.get("containers", [])]
        if not self.main:
            raise Refusal("invalid_argument", "The pod has no containers")
        if spec.get("restartPolicy", "Always") != "Never" or any(each.get("restartPolicy") for each in spec.get("initContainers", [])):
            raise Refusal("failed_precondition", "Pods are run once here: restartPolicy has to be Never")
        self.is_ending = self.is_over = False
        self.started = now()
        self.folder = Path(tempfile.mkdtemp(prefix="interlink-pod-"))
        self.volume_env = {}
        for volume in spec.get("volumes", []):
            self.write_volume(name("volume", volume["name"]), request["volumes"])

    def write_volume(self, volume, resolved):
        folder = self.folder / "volumes" / volume
        folder.mkdir(parents=True)
        self.volume_env["INTERLINK_VOLUME_" + volume.upper().replace("-", "_")] = str(folder)
        for file in (file for each in resolved if each["name"] == volume for file in each["files"]):
            path = PurePosixPath(file["path"])
            if path.is_absolute() or ".." in path.parts or not path.parts:
                raise Refusal("invalid_argument", f"{file['path']!r} leads out of the volume {volume}")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(base64.b64decode(file["data"]))
            target.chmod(file.get("mode", 0o644) & 0o777)

    def run(self):
        for container in self.init:
            container.run(self)
            if container.state.get("terminated", {}).get("exitCode") != 0:
                break
        else:
            threads = [threading.Thread(target=each.run, args=[self], daemon=True) for each in self.main]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        with NEWS:
            self.is_over = True
            if self.is_ending:
                self.forget()

    def delete(self, seconds):
        """TERM now, KILL after that many seconds; a second call can only shorten that."""
        with NEWS:
            is_first, self.is_ending = not self.is_ending, True
            if self.is_over:
                return self.forget()
        if is_first:
            self.kill(signal.SIGTERM)
        timer = threading.Timer(seconds, self.kill, [signal.SIGKILL])
        timer.daemon = True
        timer.start()

    def kill(self, number):
        for container in self.init + self.main:
            if "running" in container.state:
                container.kill(number)

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        PODS.pop(self.uid, None)
        NEWS.notify_all()

    def report(self):
        status = {"startTime": self.started, "containerStatuses": [each.status() for each in self.main]}
        if self.init:
            status["initContainerStatuses"] = [each.status() for each in self.init]
        return {"uid": self.uid, "namespace": self.namespace, "name": self.name, "status": status}


def capabilities():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024
    return {
        "protocolVersions": ["v2"],
        "backend": {"kind": "python-example", "version": "1"},
        "verbs": ["create", "delete", "list", "watch", "log"],
        "volumeTypes": ["configMap", "secret", "downwardAPI", "projected", "emptyDir"],
        "queues": False,
        "durable": False,
        "pools": [{"name": "default", "capacity": {"cpu": str(os.cpu_count()), "memory": f"{memory}Ki", "pods": "110"}}],
        "warnings": ["images are ignored, nothing is isolated", "pods are kept in memory only: a restart forgets them"],
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    token = ""

    def answer(self):
        self.has_begun = False
        try:
            # Read whatever happens: the next request on this connection comes after it.
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), f"Bearer {self.token}".encode()):
                raise Refusal("unauthenticated", "A token is wanted: Authorization: Bearer TOKEN")
            self.route(body)
        except OSError:
            self.close_connection = True  # the caller has gone
        except Refusal as refusal:
            self.refuse(refusal)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.refuse(Refusal("invalid_argument", f"The request can't be understood: {type(error).__name__}"))

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def route(self, body):
        url = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
        parts = [unquote(part) for part in url.path.split("/")[1:]]
        if (self.command, parts) == ("GET", ["v2", "capabilities"]):
            return self.send(200, capabilities())
        match parts:
            case ["v2", "clusters", cluster, "nodes", node, *rest]:
                owner = (name("cluster", cluster), name("node", node))
            case _:
                raise Refusal("not_found", f"There is no {url.path}")
        self.enter_epoch(owner)
        match self.command, *rest:
            case "GET", "capabilities":
                self.send(200, capabilities())
            case "GET", "pods" if query.get("watch") == "true":
                self.watch(owner)
            case "GET", "pods":
                with NEWS:
                    self.send(200, {"items": [pod.report() for pod in PODS.values() if pod.owner == owner]})
            case "PUT", "pods", uid:
                self.send(201, self.create(owner, name("uid", uid), body, query.get("adopt") == "true").report())
            case "DELETE", "pods", uid:
                self.delete(owner, name("uid", uid), whole(query, "gracePeriodSeconds"))
                self.send(204)
            case "GET", "pods", uid, "containers", container, "log":
                self.log(owner, name("uid", uid), container, query)
            case "GET", "stats":
                raise Refusal("unimplemented", "This plugin does not measure")
            case _, "pods", _, *more if more:
                raise Refusal("unimplemented", f"This plugin has no {more[-1]}")
            case _:
                raise Refusal("not_found", f"There is no {self.command} {url.path}")

    def enter_epoch(self, owner):
        """Of several virtual kubelets of a node, the one whose turn it is. The streams of those before it end."""
        self.epoch = int(self.headers["InterLink-Epoch"]) if "InterLink-Epoch" in self.headers else None
        with NEWS:
            if self.epoch is not None and self.epoch < EPOCHS.get(owner, 0):
                raise Refusal("aborted", f"Epoch {self.epoch} is over", "stale_epoch")
            if self.epoch is not None and self.epoch > EPOCHS.get(owner, 0):
                EPOCHS[owner] = self.epoch
                NEWS.notify_all()

    def is_current(self, owner):
        return self.epoch is None or self.epoch == EPOCHS[owner]

    def find(self, owner, uid):
        """With the lock. Another owner's pod is nobody's."""
        pod = PODS.get(uid)
        if pod and pod.owner != owner:
            raise Refusal("not_found", f"No pod {uid} of node {owner[1]} here")
        return pod

    def create(self, owner, uid, body, is_adoption):
        request = json.loads(body)
        if request["pod"]["metadata"]["uid"] != uid:
            raise Refusal("invalid_argument", "The path names another UID than the pod")
        with NEWS:
            pod = self.find(owner, uid)
            if pod:
                return pod
            if is_adoption:
                raise Refusal("not_found", f"No pod {uid} here")
            pod = PODS[uid] = Pod(owner, request)
            NEWS.notify_all()
        threading.Thread(target=pod.run, daemon=True).start()
        return pod

    def delete(self, owner, uid, seconds):
        with NEWS:
            pod = self.find(owner, uid)
        if pod:
            pod.delete(30 if seconds is None else seconds)

    def watch(self, owner):
        """A snapshot, then every change. A cursor is not kept: who comes with one gets a snapshot."""
        self.begin_stream("application/x-ndjson")
        told, snapshot = {}, "begin"
        self.write_record("bookmark", snapshot=snapshot)
        while self.is_current(owner):
            with NEWS:
                if snapshot is None:
                    NEWS.wait_for(lambda: any(self.changes(owner, told)) or not self.is_current(owner), 5)
                news, gone = self.changes(owner, told)
            for pod, report in news:
                told[pod] = report
                self.write_record("pod", pod=report)
            for pod in gone:
                self.write_record("gone", uid=pod.uid, last=pod.report())
                del told[pod]
            if snapshot == "begin":
                snapshot = None
                self.write_record("bookmark", snapshot="end")
            elif not news and not gone:
                self.write_record("bookmark")
        self.end_stream()

    @staticmethod
    def changes(owner, told):
        pods = {*told, *(pod for pod in PODS.values() if pod.owner == owner)}
        news = [(pod, report) for pod in pods if (report := pod.report()) != told.get(pod)]
        return news, [pod for pod in told if PODS.get(pod.uid) is not pod]

    def write_record(self, kind, **fields):
        self.write(json.dumps({"type": kind, "cursor": "none", **fields}).encode() + b"\n")

    def log(self, owner, uid, wanted, query):
        follow, stamped = query.get("follow") == "true", query.get("timestamps") == "true"
        tail, limit, seconds = (whole(query, key) for key in ("tailLines", "limitBytes", "sinceSeconds"))
        if "sinceTime" in query and seconds is not None:
            raise Refusal("failed_precondition", "sinceTime and sinceSeconds exclude each other")
        since = datetime.fromisoformat(query["sinceTime"]) if "sinceTime" in query else None
        if seconds is not None:
            since = datetime.now(timezone.utc) - timedelta(seconds=seconds)
        with NEWS:
            pod = self.find(owner, uid)
            container = next((each for each in pod.init + pod.main if each.name == wanted), None) if pod else None
            if not container or query.get("previous") == "true":
                raise Refusal("not_found", f"No such log of container {wanted} of pod {uid} here")
            if "waiting" in container.state:
                raise Refusal("failed_precondition", f"Container {wanted} has not started")
            lines, seen = list(container.lines), len(container.lines)
        if since:
            lines = [line for line in lines if datetime.fromisoformat(line[0]) >= since]
        if tail is not None:
            lines = lines[max(0, len(lines) - tail) :]
        self.begin_stream("text/plain; charset=utf-8")
        while True:
            for when, line in lines:
                data = (f"{when} ".encode() if stamped else b"") + line
                self.write(data if limit is None else data[:limit])
                limit = None if limit is None else max(0, limit - len(data))
            with NEWS:
                if not follow or limit == 0 or not self.is_current(owner):
                    break
                if len(container.lines) == seen and "terminated" not in container.state:
                    NEWS.wait(5)
                lines, seen = container.lines[seen:], len(container.lines)
                if not lines and "terminated" in container.state:
                    break
        self.end_stream()

    def send(self, status, content=None, kind="application/json"):
        data = b"" if content is None else json.dumps(content).encode()
        self.has_begun = True
        self.send_response(status)
        if content is not None:
            self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, refusal):
        if self.has_begun:
            self.close_connection = True
            return
        status = STATUS[refusal.code]
        problem = {"type": "about:blank", "title": refusal.code.replace("_", " "), "status": status}
        problem |= {"detail": str(refusal), "code": refusal.code}
        problem |= {"reason": refusal.reason} if refusal.reason else {}
        self.send(status, problem, "application/problem+json")

    def begin_stream(self, kind):
        """An answer whose length is not known yet: in chunks, so that its reader can tell an end from a break."""
        self.has_begun = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def write(self, data):
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def end_stream(self):
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *args):
        """Requests name pods: nothing is logged."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    options = argparse.ArgumentParser(description="An InterLink plugin whose containers are processes")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--token-file", type=Path, required=True, help="whoever calls has to show what it holds")
    given = options.parse_args()
    Handler.token = given.token_file.read_text().strip()
    server = Server(("127.0.0.1", given.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    for pod in list(PODS.values()):
        pod.kill(signal.SIGKILL)
        shutil.rmtree(pod.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
