"""Starts what the tests outside Go play against: the server, on a database of its own, and the stand-in gateway.

Nothing of the caller's environment reaches the server, each start has a folder, a database and ports of its own, and
leaving the `with` block ends and removes all of it.
"""
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 20


class Failure(Exception):
    """Something that could not be started or ended as it should."""


def free_port():
    """A loopback port nobody listens on, below the range of outgoing connections."""
    while True:
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def fetch(url, body=None, method=None, headers=None, timeout=10):
    """Sends JSON, returns (status, decoded answer)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method,
                                     headers={"Content-Type": "application/json", **(headers or {})})
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        text = answer.read()
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:
            return answer.status, text.decode("utf-8", "replace")


class Process:
    """A program with its log in a file."""

    def __init__(self, name, command, folder, env=None):
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("wb") as out:
            self.popen = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                          cwd=folder, env=env)

    def wait_ready(self, url):
        """Waits until url answers 200."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.popen.poll() is not None:
                raise Failure(f"{self.name} ended with status {self.popen.returncode}:\n{self.tail()}")
            with contextlib.suppress(OSError):
                if fetch(url, timeout=2)[0] == 200:
                    return
            if time.monotonic() > deadline:
                raise Failure(f"{self.name}: {url} is not ready after {START_SECONDS} s:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines=60):
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self, expect_clean):
        """Asks the process to end; with expect_clean an ending that is late or not orderly is a Failure."""
        ended_before = self.popen.poll() is not None
        if not ended_before:
            self.popen.send_signal(signal.SIGTERM)
        try:
            status = self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            status = "none within %d s" % STOP_SECONDS
        if expect_clean and (ended_before or status != 0):
            when = "by itself" if ended_before else "after SIGTERM"
            raise Failure(f"{self.name} ended {when}, exit status {status}:\n{self.tail()}")


@contextlib.contextmanager
def workspace(prefix):
    folder = Path(tempfile.mkdtemp(prefix=f"mission-control-{prefix}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def database(kind, folder):
    """Yields a DATABASE_URL: of a file for "sqlite", else of a fresh database on the PostgreSQL server named by kind."""
    if kind == "sqlite":
        yield f"sqlite:{folder / 'mission-control.db'}"
        return
    name = "conformance_" + secrets.token_hex(6)
    psql(kind, f"CREATE DATABASE {name}")
    try:
        yield urllib.parse.urlunsplit(urllib.parse.urlsplit(kind)._replace(path="/" + name))
    finally:
        psql(kind, f"DROP DATABASE {name} WITH (FORCE)")


def psql(url, statement):
    done = subprocess.run(["psql", url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"psql: {done.stderr.strip()}")


class Server:
    """A running server: its address, the local token, its log."""

    def __init__(self, process, base, token):
        self.process, self.base, self.token = process, base, token

    def call(self, method, path, body=None):
        """A request as the local user; anything but a 2xx is a Failure."""
        status, answer = fetch(self.base + path, body, method, {"Authorization": f"Bearer {self.token}"})
        if not 200 <= status < 300:
            raise Failure(f"{method} {path}: {status} {answer}")
        return answer


@contextlib.contextmanager
def server(binary, kind, settings=None):
    """Yields a Server, in local mode unless the settings say otherwise, and checks on the way out that it ends in good order."""
    with workspace("server") as folder, database(kind, folder) as url:
        port, token = free_port(), secrets.token_hex(32)
        base = f"http://127.0.0.1:{port}"
        env = {
            "PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder),
            "AUTH_MODE": "local", "LOCAL_AUTH_TOKEN": token, "BASE_URL": base, "PORT": str(port),
            "DATABASE_URL": url, "DATA_DIR": str(folder / "data"), "TRUSTED_PROXIES": "127.0.0.1",
            "CORS_ORIGINS": "http://localhost:3000", **(settings or {}),
        }
        process = Process("mission-control", [str(Path(binary).resolve()), "serve"], folder, env)
        try:
            process.wait_ready(base + "/readyz")
            yield Server(process, base, token)
        except BaseException:
            process.stop(expect_clean=False)
            raise
        process.stop(expect_clean=True)


class Clerk:
    """A running stand-in for Clerk, and the settings of a server that uses it."""

    def __init__(self, base, secret):
        self.base = base
        self.settings = {"AUTH_MODE": "clerk", "CLERK_API_URL": base, "CLERK_SECRET_KEY": secret}


@contextlib.contextmanager
def clerk(script):
    """Yields a Clerk run by the stand-in at that path."""
    with workspace("clerk") as folder:
        port, secret = free_port(), "sk_test_" + secrets.token_hex(16)
        process = Process("clerk", [sys.executable, str(Path(script).resolve()), "--port", str(port), "--secret", secret], folder)
        base = f"http://127.0.0.1:{port}"
        try:
            process.wait_ready(base + "/_calls")
            yield Clerk(base, secret)
        finally:
            process.stop(expect_clean=False)


class Gateway:
    """A running stand-in gateway."""

    def __init__(self, websocket, control, token):
        self.websocket, self.control, self.token = websocket, control, token

    def reset(self):
        fetch(self.control + "/reset", {})


@contextlib.contextmanager
def gateway(script):
    """Yields a Gateway run by the stand-in at that path."""
    with workspace("gateway") as folder:
        ports, token = [free_port(), free_port()], secrets.token_hex(16)
        process = Process("gateway", [sys.executable, str(Path(script).resolve()), "--ws-port", str(ports[0]),
                                      "--control-port", str(ports[1]), "--token", token], folder)
        control = f"http://127.0.0.1:{ports[1]}"
        try:
            process.wait_ready(control + "/healthz")
            yield Gateway(f"ws://127.0.0.1:{ports[0]}", control, token)
        finally:
            process.stop(expect_clean=False)


@contextlib.contextmanager
def packs(script):
    """Yields the settings with which a server finds the repositories made by the script in place of those of github.com."""
    with workspace("packs") as folder:
        done = subprocess.run(["sh", str(Path(script).resolve()), str(folder)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"packs: {done.stderr.strip()}")
        yield {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{folder}/.insteadOf",
               "GIT_CONFIG_VALUE_0": "https://github.com/"}
