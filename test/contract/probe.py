"""Sends generated requests, right and wrong ones, to every operation of a running server (schemathesis).

No answer may be a server's error, of a content type that the document does not name, or outside its schema. A gateway, a
board, agents and tasks are made first, and most generated ids are theirs, so that requests get past the 404.
"""
import argparse
import json
import re
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"
# Event streams do not end by themselves.
STREAMS = "/stream$"
# These ask another site, which need not be in reach: their 502 is documented, and yet a server error to schemathesis.
ELSEWHERE = "/souls-directory/"
# These change who we are or which organization is ours: what was made first would be out of reach. They come last.
UPHEAVALS = [("POST", "/api/v1/organizations"), ("PATCH", "/api/v1/organizations/me/active"),
             ("DELETE", "/api/v1/organizations/me"), ("DELETE", "/api/v1/users/me")]
SETTINGS = {"AGENT_AUTH_RATE_LIMIT": "1000000"}


def make_things(server, gateway, count):
    """Makes a gateway, and count boards each with an agent and a task; returns ids by kind and an agent's token."""
    server.call("POST", "/api/v1/organizations", {"name": "Probe"})
    owner = server.call("POST", "/api/v1/gateways", {"name": "Gateway", "url": gateway.websocket,
                                                      "token": gateway.token, "workspace_root": "/srv/probe"})
    ids = {"gateway": [owner["id"]], "board": [], "agent": [], "task": []}
    for number in range(count):
        board = server.call("POST", "/api/v1/boards", {
            "name": f"Board {number}", "slug": f"board-{number}", "description": "For generated requests.",
            "gateway_id": owner["id"], "require_approval_for_done": False})
        agent = server.call("POST", "/api/v1/agents", {"name": f"Agent {number}", "board_id": board["id"]})
        task = server.call("POST", f"/api/v1/boards/{board['id']}/tasks", {"title": f"Task {number}"})
        for kind, row in (("board", board), ("agent", agent), ("task", task)):
            ids[kind].append(row["id"])
    return ids, agent_token(gateway, ids["agent"][0])


def agent_token(gateway, agent):
    """The token in the file that the server wrote for the agent."""
    name = urllib.parse.quote(f"mc-{agent}", safe="")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status, file = harness.fetch(f"{gateway.control}/files/{name}/TOOLS.md")
        found = re.search(r"AUTH_TOKEN=([A-Za-z0-9_-]+)", file["content"]) if status == 200 else None
        if found:
            return found[1]
        time.sleep(0.2)
    raise harness.Failure(f"agent {agent} got no file with a token")


def configuration(ids, token):
    """What schemathesis is told of our things. The last of each kind is there to be deleted."""
    def dictionaries():
        for kind, values in ids.items():
            kept = values[:-1] or values
            yield f"[dictionaries.{kind}]\nvalues = {json.dumps(kept)}"
            yield f"[dictionaries.last_{kind}]\nvalues = {json.dumps(values[-1:])}"

    def parameters(prefix):
        lines = [f'"path.{kind}_id" = {{ dictionary = "{prefix}{kind}", probability = 0.8 }}' for kind in ids]
        if not prefix:
            lines += [f'"{where}.{kind}_id" = {{ dictionary = "{kind}", probability = 0.5 }}'
                      for where in ("query", "body") for kind in ("board", "gateway")]
        return "\n".join(lines)

    return "\n\n".join([
        *dictionaries(),
        "[parameters]\n" + parameters(""),
        '[[operations]]\ninclude-method = "DELETE"\n[operations.parameters]\n' + parameters("last_"),
        f'[[operations]]\ninclude-path-regex = "^/api/v1/agent/"\nheaders = {{ "X-Agent-Token" = "{token}" }}',
        # 502: the gateway, which a request may name at will, cannot be reached.
        '[[operations]]\ninclude-path-regex = "^/api/v1/(gateways|agents|boards)"\n'
        '[operations.checks.not_a_server_error]\nexpected-statuses = ["2xx", "3xx", "4xx", 502]',
    ]) + "\n"


def adjusted(server):
    """Our document, but for two things that the contract says otherwise than OpenAPI's vocabulary can: times have no zone,
    which "date-time" demands, and a 422 of a handler has a text or an object as detail where the contract declares the
    list of validation."""
    def visit(node):
        if isinstance(node, dict):
            return {k: visit(v) for k, v in node.items() if not (k == "format" and v == "date-time")}
        return [visit(v) for v in node] if isinstance(node, list) else node

    status, document = harness.fetch(server.base + "/openapi.json")
    document = visit(document)
    detail = document["components"]["schemas"]["HTTPValidationError"]["properties"]["detail"]
    document["components"]["schemas"]["HTTPValidationError"]["properties"]["detail"] = {
        "anyOf": [detail, {"type": "string"}, {"type": "object"}]}
    return document


def schemathesis(server, folder, seconds, selection):
    """One run of so many seconds; returns (passed, its output)."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(folder / "schemathesis.toml"),
               "run", str(folder / "openapi.json"), "--url", server.base, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
               "--max-time", str(seconds), "--max-examples", "10", "--max-failures", "20", "--workers", "1",
               "--request-timeout", "30", "--generation-database", "none", "--no-color", "--warnings", "off",
               "--header", f"Authorization: Bearer {server.token}", *selection]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds + 120)
    except subprocess.TimeoutExpired:
        return False, "schemathesis did not end in time"
    return done.returncode == 0, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--gateway", type=Path, required=True, help="the stand-in gateway")
    parser.add_argument("--seconds", type=int, default=90)
    options = parser.parse_args()

    names = "|".join(f"{method} {re.escape(path)}" for method, path in UPHEAVALS)
    upheavals = f"^({names})$"
    # One pattern: schemathesis leaves out what matches all of several.
    runs = [("operations", options.seconds, ["--exclude-name-regex", f"{STREAMS}|{ELSEWHERE}|{upheavals}"]),
            ("organizations and users", max(5, options.seconds // 6), ["--include-name-regex", upheavals])]
    failed = 0
    try:
        with harness.workspace("probe") as folder, harness.gateway(options.gateway) as gateway, \
                harness.server(options.binary, "sqlite", SETTINGS) as server:
            ids, token = make_things(server, gateway, 4)
            (folder / "schemathesis.toml").write_text(configuration(ids, token))
            (folder / "openapi.json").write_text(json.dumps(adjusted(server)))
            for title, seconds, selection in runs:
                ok, text = schemathesis(server, folder, seconds, selection)
                cases = re.search(r"Test cases:\n\s*(.*)", text)
                print(f"schemathesis, {title}: {cases[1] if cases else 'no summary'}")
                if not ok:
                    failed += 1
                    print(text)
    except harness.Failure as failure:
        print(f"schemathesis: {failure}")
        failed = len(runs)
    print(f"{len(runs) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
