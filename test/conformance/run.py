"""Replays the recorded scenarios of the contract against the server, on each database that is named.

A scenario that needs what is not built yet stands in pending.txt, with the reason. It is played all the same, and fails
the run as soon as it passes, so that the list can only get shorter.

The last line of the output is "N passed, N failed".
"""
import argparse
import concurrent.futures
import contextlib
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

AREAS = ["platform", "organizations", "organizations-clerk", "boards", "groups", "memory", "tags", "custom-fields", "tasks", "approvals", "activity",
         "metrics", "gateways", "agents", "onboarding", "agent-api", "webhooks", "souls", "skills"]
SCENARIO_SECONDS = 180
# One that passes does so in a few seconds, one that misses something waits for it again and again.
PENDING_SECONDS = 15
# The messages of several agents must arrive within the ten seconds that a scenario waits for them.
SETTINGS = {"RQ_DISPATCH_THROTTLE_SECONDS": "0.05"}


def read_pending(path):
    """{"area/name": reason}"""
    pending = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip() or name in pending:
            raise SystemExit(f"{path}:{number}: " + ("named twice" if name in pending else "no reason given"))
        pending[name] = reason.strip()
    return pending


class Report:
    """What became of the scenarios; several databases report at once."""

    def __init__(self):
        self.lock, self.passed, self.failed = threading.Lock(), 0, []

    def add(self, title, ok, text):
        with self.lock:
            if ok:
                self.passed += 1
                return
            self.failed.append(title)
            print(f"--- FAIL: {title}\n{text.rstrip()}", flush=True)

    def say(self, text):
        with self.lock:
            print(text, flush=True)


def needs(scenario):
    return set(json.loads(scenario.read_text()).get("needs", []))


def replay(player, scenario, seconds, server, gateway, clerk):
    """Plays one scenario; returns (passed, what the player printed)."""
    command = [sys.executable, str(player), "replay", str(scenario), "--base", server.base, "--token", server.token,
               "--gateway-ws", gateway.websocket, "--gateway-control", gateway.control,
               "--gateway-token", gateway.token, "--packs"]
    if clerk:
        command += ["--clerk", clerk.base]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False, f"  not finished after {seconds} s"
    # The player's own count would read like the end of the run.
    lines = [line for line in done.stdout.splitlines() if not re.fullmatch(r"\d+ passed, \d+ failed", line)]
    return done.returncode == 0, "\n".join(lines) + "\n" + done.stderr


def play(kind, scenarios, pending, options, report):
    """Plays scenarios on one database, each with a server, a gateway and, if need be, a Clerk of its own: agents that do not call back are woken
    again half a minute later, which is not for the next scenario."""
    database = "sqlite" if kind == "sqlite" else "postgres"
    began, count = time.monotonic(), {"passed": 0, "failed": 0, "pending": 0}
    player = options.shared / "conformance" / "conform.py"
    for name, scenario in scenarios.items():
        seconds = PENDING_SECONDS if name in pending else SCENARIO_SECONDS
        try:
            with contextlib.ExitStack() as stack:
                gateway = stack.enter_context(harness.gateway(player.with_name("fake_gateway.py")))
                clerk = stack.enter_context(harness.clerk(player.with_name("fake_clerk.py"))) if "clerk" in needs(scenario) else None
                packs = stack.enter_context(harness.packs(player.with_name("fake_packs.sh"))) if "packs" in needs(scenario) else {}
                server = stack.enter_context(harness.server(options.binary, kind, SETTINGS | packs | (clerk.settings if clerk else {})))
                ok, text = replay(player, scenario, seconds, server, gateway, clerk)
                if not ok and server.process.popen.poll() is not None:
                    text += f"\n  the server ended:\n{server.process.tail()}"
        except harness.Failure as failure:
            ok, text = False, str(failure)
        if name not in pending:
            count["passed" if ok else "failed"] += 1
            report.add(f"{database}: {name}", ok, text)
        elif ok:
            count["failed"] += 1
            report.add(f"{database}: {name}", False, "  it passes: take its line out of pending.txt")
        else:
            count["pending"] += 1
        if options.verbose:
            report.say(f"{database}: {'ok  ' if ok else 'fail'} {name}\n{'' if ok else text}")
    report.say(f"{database}: " + ", ".join(f"{n} {what}" for what, n in count.items())
               + f" in {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder of the contract's material")
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--database", action="append", metavar="sqlite|postgres://…", help="may be given several times")
    parser.add_argument("--only", default="", help="play only scenarios with this in area/name")
    parser.add_argument("--verbose", action="store_true", help="say how each scenario went, the pending ones too")
    parser.add_argument("areas", nargs="*", default=AREAS)
    options = parser.parse_args()

    pending, scenarios, report = read_pending(HERE / "pending.txt"), {}, Report()
    known = set()
    for area in options.areas:
        for path in sorted((options.shared / "conformance" / "scenarios" / area).glob("*.json")):
            name = f"{area}/{path.stem}"
            known.add(name)
            if options.only in name:
                scenarios[name] = path
    if not scenarios:
        raise SystemExit("no scenario is of that name")
    for name in sorted(set(pending) - known):
        if name.split("/")[0] in options.areas:
            report.add(name, False, "  in pending.txt, but there is no such scenario, or it is not played here")

    kinds = options.database or ["sqlite"]
    with concurrent.futures.ThreadPoolExecutor(len(kinds)) as pool:
        runs = []
        for kind in kinds:
            # Whether a pending one passes, one database tells.
            chosen = {n: path for n, path in scenarios.items() if kind == kinds[0] or n not in pending}
            runs.append(pool.submit(play, kind, chosen, pending, options, report))
        for run in runs:
            run.result()
    for title in report.failed:
        print(f"FAIL {title}")
    print(f"{report.passed} passed, {len(report.failed)} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
