#!/usr/bin/env bash
# scripts/demo.sh
#
# Plays the README's tour: starts bin/mission-control on a free port with a folder of its own, sets up a board with an
# external agent, and lets examples/agent.sh work it while the task stream is shown. Leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/mission-control-demo.XXXXXX")
server="" watcher=""

# shellcheck disable=SC2317 # reached through the trap
clean_up() {
  trap - EXIT
  if [ -n "$watcher" ]; then kill "$watcher" 2>/dev/null || true; fi
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

headline() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# block NAME prints a block of the README's tour, for our port.
block() {
  awk -v name="$1" '
    $0 == "<!-- tour: " name " -->" { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    inside' README.md | sed "s|http://localhost:8000|$MISSION_CONTROL_URL|g"
}

# play NAME shows a block and runs it, here, where its variables stay.
play() {
  local text
  text=$(block "$1")
  [ -n "$text" ] || { echo "demo: README.md has no block \"$1\"" >&2; exit 1; }
  block "$1" | sed 's/^/  $ /'
  eval "$text"
  echo
}

port=$((20000 + RANDOM % 12000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done
export PORT=$port MISSION_CONTROL_URL=http://localhost:$port
ln -s "$root/bin" "$root/examples" "$work/"
cp README.md "$work/"
cd "$work"

headline "A server with nothing configured"
bin/mission-control serve >server.log 2>&1 &
server=$!
for _ in $(seq 100); do
  if curl -fsS "$MISSION_CONTROL_URL/readyz" >ready.log 2>&1; then break; fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
curl -fsS "$MISSION_CONTROL_URL/readyz" || { cat server.log >&2; exit 1; }

headline "An organization, a board, an external agent"
play shorthand
play setup

headline "The task stream, watched from here on"
block watch | sed 's/^/  $ /'
block watch >watch.sh
shown='s/^data: {"type":"\([^"]*\)".*"message":"\(.*\)","agent_id".*"task_id".*/    stream: \1: \2/p'
bash watch.sh > >(sed -un "$shown") &
watcher=$!
sleep 0.5

headline "Three tasks, the last one waits for the others"
play plan

headline "The agent works"
play work
sleep 0.5
