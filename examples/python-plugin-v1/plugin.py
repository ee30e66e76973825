#!/usr/bin/env python3
"""An InterLink plugin of protocol v1 in one file, with Flask: a container is a process of this account.

    pip install --require-hashes -r requirements.txt
    python3 plugin.py --port 4004 --token-file ~/.config/interlink/token

v1 can't say what a plugin leaves out. This one: images, volumes, probes, restarts and init containers; logs and pods are in memory only.
"""

import argparse
import hmac
import os
import signal
import subprocess
import threading
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
pods = {}  # by UID: names are used again
lock = threading.Lock()


def now():
    return datetime.now(timezone.utc)


def rfc3339(moment):
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


class Container:
    def __init__(self, spec):
        self.name, self.image, self.started, self.lines = spec["name"], spec.get("image", ""), now(), []
        self.state = {"running": {"startedAt": rfc3339(self.started)}}
        env = {"PATH": os.environ["PATH"], **{each["name"]: each.get("value", "") for each in spec.get("env") or []}}
        self.process = subprocess.Popen(
            [*(spec.get("command") or []), *(spec.get("args") or [])], env=env, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        threading.Thread(target=self.wait, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append((now(), line))

    def wait(self):
        code = self.process.wait()
        self.kill(signal.SIGKILL)  # what it started goes with it
        self.reader.join()
        # A v1 peer knows by the exit code alone that a pod has failed.
        code = code if code >= 0 else 128 - code
        times = {"startedAt": rfc3339(self.started), "finishedAt": rfc3339(now())}
        self.state = {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed", **times}}

    def kill(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def status(self):
        rest = {"restartCount": 0, "image": self.image, "imageID": ""}
        return {"name": self.name, "state": self.state, "ready": "running" in self.state, **rest}


@app.before_request
def check_token():
    shown = request.headers.get("Authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {app.config['TOKEN']}".encode()):
        return "A token is wanted: Authorization: Bearer TOKEN", 401


@app.post("/create")
def create():
    pod = request.get_json(force=True)["pod"]
    uid = str(uuid.UUID(pod["metadata"]["uid"]))
    with lock:
        if uid not in pods:
            pods[uid] = [Container(spec) for spec in pod["spec"]["containers"]]
    return jsonify(PodUID=uid, PodJID=str(pods[uid][0].process.pid))


@app.post("/delete")
def delete():
    pod = request.get_json(force=True)
    with lock:
        containers = pods.pop(pod["metadata"]["uid"], [])
    for container in containers:
        container.kill(signal.SIGTERM)
        threading.Timer(pod["spec"].get("terminationGracePeriodSeconds", 30), container.kill, [signal.SIGKILL]).start()
    return ""


@app.get("/status")
def status():
    """Of each pod that is known. An empty list is a ping: what the node has."""
    asked = request.get_json(force=True)
    if not asked:
        return jsonify(status="ok", resources={"cpu": str(os.cpu_count()), "memory": "4Gi", "pods": "20"})
    answers = []
    for metadata in (pod["metadata"] for pod in asked if pod["metadata"]["uid"] in pods):
        containers = [each.status() for each in pods[metadata["uid"]]]
        answers.append({"name": metadata["name"], "namespace": metadata["namespace"], "UID": metadata["uid"], "JID": ""}
                       | {"containers": containers, "initContainers": []})  # fmt: skip
    return jsonify(answers)


@app.get("/getLogs")
def logs():
    wanted = request.get_json(force=True)
    options = wanted.get("Opts") or {}
    since = datetime.fromisoformat(options.get("SinceTime") or "0001-01-01T00:00:00Z")
    tail, limit, seconds = options.get("Tail"), options.get("Bytes"), options.get("SinceSeconds")
    if (tail and limit) or (seconds and since.year > 1):
        return "Tail excludes Bytes, SinceSeconds excludes SinceTime", 400
    since = now() - timedelta(seconds=seconds) if seconds else since
    container = next((each for each in pods.get(wanted["PodUID"], []) if each.name == wanted["ContainerName"]), None)
    if not container or options.get("Previous"):
        return "There is no such log", 404

    def lines():
        told = 0
        while True:
            has_ended = "terminated" in container.state
            new, told = container.lines[told:], len(container.lines)
            new = [line for line in new if line[0] >= since]
            for when, line in new[-tail:] if tail and told == len(new) else new:
                yield (f"{rfc3339(when)} ".encode() if options.get("Timestamps") else b"") + line
            if has_ended or not options.get("Follow"):
                return
            container.reader.join(0.2)

    if limit:
        return Response(b"".join(lines())[:limit], mimetype="text/plain")
    return Response(lines(), mimetype="text/plain")


@app.errorhandler(KeyError)
@app.errorhandler(TypeError)
@app.errorhandler(ValueError)
def not_understood(error):
    return f"The request can't be understood: {type(error).__name__}", 400


@app.errorhandler(OSError)
def not_started(error):
    return f"The pod can't be started: {error.strerror}", 500


def main():
    options = argparse.ArgumentParser(description="An InterLink plugin whose containers are processes")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--token-file", type=Path, required=True, help="whoever calls has to show what it holds")
    given = options.parse_args()
    app.config["TOKEN"] = given.token_file.read_text().strip()
    signal.signal(signal.SIGTERM, lambda *_: [each.kill(signal.SIGKILL) for pod in pods.values() for each in pod] and os._exit(0))
    app.run("127.0.0.1", given.port, threaded=True)


if __name__ == "__main__":
    main()
