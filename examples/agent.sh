#!/bin/sh
# examples/agent.sh [--once | --until-empty] [--interval SECONDS] [--review] [--work COMMAND]
#
# An agent that works the tasks of its board with nothing but curl and a token. It checks in, takes the oldest task that
# is free and not blocked, does what the task asks for, and finishes the task with the result as a comment.
# Where the board's rules do not let it finish, it hands the task in for review.
#
#   --once          work one task, if there is one, and end
#   --until-empty   work until there is nothing left to do, and end
#   --interval N    look for work every N seconds (30); without one of the above the agent runs until it is stopped
#   --review        always hand in for review
#   --work COMMAND  let a shell command do the work: the task's description (its title, if it has none) comes on its
#                   standard input, TASK_ID, TASK_TITLE and BOARD_ID in its environment, and what it prints is the
#                   comment. If it fails, the task goes to review.
#
# Without --work it knows three instructions: "count words: ...", "sort lines: ..." and "reverse words: ...". The text of
# a task is never run as a command.
#
# Wants AUTH_TOKEN, the agent's token, in the environment; MISSION_CONTROL_URL when that is not http://localhost:8000.
set -eu

base=${MISSION_CONTROL_URL:-http://localhost:8000}
api=${base%/}/api/v1/agent
mode=forever interval=30 finish="done" command=""
patience=0 # tries of a request; 0: no end

usage() { sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"; }
say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
die() { echo "agent: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --once) mode=once ;;
    --until-empty) mode=until-empty ;;
    --review) finish=review ;;
    --interval | --work)
      [ $# -gt 1 ] || die "$1 needs a value"
      if [ "$1" = --work ]; then command=$2; else interval=$2; fi
      shift
      ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
if [ "$mode" != forever ]; then patience=8; fi
case $interval in '' | *[!0-9]* | 0) die "--interval needs a number of seconds" ;; esac
[ -n "${AUTH_TOKEN:-}" ] || die "AUTH_TOKEN is not set: \"mission-control agent add\" prints one"

dir=$(mktemp -d)
task="" worker="" # the task being worked, and the process that does it
stop() {
  trap - INT TERM
  trap 'rm -rf "$dir"; exit '"$1" EXIT
  if [ -n "$worker" ]; then kill "$worker" || true; fi
  if [ -n "$task" ]; then # whoever stops the agent gets the task back into the inbox
    patience=1
    call PATCH "/boards/$board/tasks/$task" '{"status": "inbox"}'
  fi
  exit
}
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop $?' EXIT

# In a file, because command lines are visible to everybody on a machine. The command of --work does not see it either.
(umask 077 && printf 'X-Agent-Token: %s\nContent-Type: application/json\n' "$AUTH_TOKEN" >"$dir/headers")
unset AUTH_TOKEN

# Interruptible, unlike a plain sleep.
pause() { sleep "$1" & wait $!; }

# call METHOD PATH [JSON]: sends a request and waits for a real answer: its status is in $status, its body in the file
# "answer". A server that is away or asks for patience is tried again; an agent that runs forever never gives up.
call() {
  printf '%s' "${3:-}" >"$dir/body"
  wait=1 tries=0
  while :; do
    status=$(curl -sS --max-time 60 -X "$1" -H "@$dir/headers" -D "$dir/answer-head" -o "$dir/answer" -w '%{http_code}' \
      --data-binary "@$dir/body" "$api$2" 2>"$dir/error") || status=000
    case $status in
      401) die "the server does not accept the token" ;;
      429 | 503) wait=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\).*/\1/p' "$dir/answer-head") ;;
      000 | 5??) ;;
      *) return 0 ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -eq "$patience" ]; then die "$1 $api$2: $status $(cat "$dir/error")"; fi
    wait=${wait:-1}
    say "the server is busy or away ($status), trying again in $wait s"
    pause "$wait"
    wait=$((wait * 2))
    if [ "$wait" -gt 60 ]; then wait=60; fi
  done
}

# Turns JSON into lines: path, "s" for a string or "v" for any other value, and the value. Strings keep their escapes,
# so that each is one line.
flatten() {
  LC_ALL=C awk '
    function path(  i, p) {
      for (i = 1; i <= depth; i++) p = p (i > 1 ? "." : "") (array[i] ? index_[i] : key[i])
      return p
    }
    function put(type, value) { print path() "\t" type "\t" value }
    function literal() { if (word != "") put("v", word); word = "" }
    BEGIN { RS = "\"" }
    inside {
      text = text $0
      match($0, /\\*$/)
      if (RLENGTH % 2) { text = text "\""; next } # an escaped quote
      inside = 0
      if (!array[depth] && !value) key[depth] = text; else put("s", text)
      next
    }
    {
      n = length($0)
      for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        if (c == "{" || c == "[") { depth++; array[depth] = c == "["; index_[depth] = 0; value = 0 }
        else if (c == "}" || c == "]") { literal(); depth--; value = 0 }
        else if (c == ",") { literal(); index_[depth]++; value = 0 }
        else if (c == ":") value = 1
        else if (c !~ /[ \t\r\n]/) word = word c
      }
      inside = 1; text = ""
    }' "$dir/answer"
}

# value PATH: prints a value of the answer as it is in JSON.
value() { flatten | awk -F '\t' -v path="$1" '$1 == path { print $3 }'; }

# Prints the text behind a JSON string.
decode() {
  LC_ALL=C awk '
    function hex(s,  i, n) {
      for (i = 1; i <= 4; i++) n = n * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
      return n
    }
    function utf8(n) {
      if (n < 128) return sprintf("%c", n)
      if (n < 2048) return sprintf("%c%c", 192 + int(n / 64), 128 + n % 64)
      if (n < 65536) return sprintf("%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64)
      return sprintf("%c%c%c%c", 240 + int(n / 262144), 128 + int(n / 4096) % 64, 128 + int(n / 64) % 64, 128 + n % 64)
    }
    BEGIN { short["n"] = "\n"; short["t"] = "\t"; short["r"] = "\r"; short["b"] = "\b"; short["f"] = "\f" }
    {
      rest = $0
      while ((at = index(rest, "\\")) > 0) {
        printf "%s", substr(rest, 1, at - 1)
        c = substr(rest, at + 1, 1)
        rest = substr(rest, at + 2)
        if (c != "u") { printf "%s", (c in short ? short[c] : c); continue }
        n = hex(rest)
        rest = substr(rest, 5)
        if (n >= 55296 && n < 56320 && substr(rest, 1, 2) == "\\u") { # the first half of a pair
          n = 65536 + (n - 55296) * 1024 + hex(substr(rest, 3)) - 56320
          rest = substr(rest, 7)
        }
        printf "%s", utf8(n)
      }
      print rest
    }'
}

# Prints its input as the inside of a JSON string: at most 60,000 bytes, without what is no text.
encode() {
  tab=$(printf '\t')
  head -c 60000 | { iconv -c -f UTF-8 -t UTF-8 2>"$dir/error" || true; } | LC_ALL=C tr -d '\000-\010\013-\037' |
    LC_ALL=C sed 's/\\/\\\\/g; s/"/\\"/g; s/'"$tab"'/\\t/g' | LC_ALL=C awk '{ printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }'
}

check_in() {
  call POST /heartbeat
  [ "$status" = 200 ] || die "cannot check in: $status $(cat "$dir/answer")"
  me=$(value id) board=$(value board_id)
  [ "$board" != null ] || die "this agent belongs to no board"
}

refused=" " # tasks that were refused to us, each with the time of its last change: then it is worth another try

# next_task: finds the task to work, and leaves its status, id, time of change, title and instruction in the file "task",
# one a line; the file is empty when there is none. One that we began before, and were interrupted in, comes first.
next_task() {
  : >"$dir/task"
  offset=0
  while :; do
    call GET "/boards/$board/tasks?status=inbox,in_progress&limit=200&offset=$offset"
    [ "$status" = 200 ] || die "cannot list tasks: $status $(cat "$dir/answer")"
    flatten >"$dir/lines"
    # Newest first, so the last one that fits is the oldest.
    awk -F '\t' -v me="$me" -v refused="$refused" '
      $1 ~ /^items\./ { split($1, p, "."); row[p[2], p[3]] = $3; if (p[2] + 1 > rows) rows = p[2] + 1 }
      $1 ~ /^items\.[0-9]+\.description$/ && $2 == "v" { row[p[2], "description"] = "" }
      END {
        for (i = 0; i < rows; i++) {
          if (index(refused, " " row[i, "id"] "@" row[i, "updated_at"] " ")) continue
          mine = row[i, "assigned_agent_id"] == me
          if (row[i, "status"] == "in_progress" && mine) { best = i; found = 1; break }
          if (row[i, "status"] != "inbox" || row[i, "is_blocked"] == "true") continue
          if (mine || row[i, "assigned_agent_id"] == "null") { best = i; found = 1 }
        }
        if (found) {
          print row[best, "status"]; print row[best, "id"]; print row[best, "updated_at"]
          print row[best, "title"]
          print (row[best, "description"] == "" ? row[best, "title"] : row[best, "description"])
        }
      }' "$dir/lines" >"$dir/page"
    if [ -s "$dir/page" ]; then cp "$dir/page" "$dir/task"; fi
    offset=$((offset + 200))
    total=$(awk -F '\t' '$1 == "total" { print $3 }' "$dir/lines")
    if [ "$offset" -ge "$total" ] || [ "$(sed -n 1p "$dir/task")" = in_progress ]; then return; fi
  done
}

# built_in: does what the instruction on its standard input says.
built_in() {
  text=$(cat)
  case $text in
    "count words:"*) printf '%s' "${text#*:}" | wc -w | awk '{ print "words: " $1 }' ;;
    "sort lines:"*) printf '%s\n' "${text#*:}" | sed 's/^ *//; /^$/d' | sort ;;
    "reverse words:"*)
      printf '%s\n' "${text#*:}" | awk '{ for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? " " : "\n") }'
      ;;
    *)
      echo "I only know these instructions: count words, sort lines, reverse words."
      return 1
      ;;
  esac
}

# work: does the task in the file "task" from claim to report.
work() {
  id=$(sed -n 2p "$dir/task") version=$(sed -n 3p "$dir/task")
  title=$(sed -n 4p "$dir/task" | decode)

  # Claiming is also how one of several agents wins: the others are refused.
  call PATCH "/boards/$board/tasks/$id" '{"status": "in_progress"}'
  if [ "$status" != 200 ]; then
    say "passed over: $title ($status $(cat "$dir/answer"))"
    refused="$refused$id@$version "
    return
  fi
  task=$id version=$(value updated_at)
  say "working on: $title"

  sed -n 5p "$dir/task" | decode >"$dir/instruction"
  # In the background, so that a signal is acted on at once.
  if [ -n "$command" ]; then
    TASK_ID=$id TASK_TITLE=$title BOARD_ID=$board sh -c "$command" <"$dir/instruction" >"$dir/result" &
  else
    built_in <"$dir/instruction" >"$dir/result" &
  fi
  worker=$!
  if wait "$worker"; then
    to=$finish
  else
    to=review
    echo "This did not work out; please have a look." >>"$dir/result"
  fi
  worker=""
  comment=$(encode <"$dir/result")
  comment=${comment:-Done, without anything to say.}

  call PATCH "/boards/$board/tasks/$id" "{\"status\": \"$to\", \"comment\": \"$comment\"}"
  if [ "$status" = 409 ] && [ "$to" = "done" ]; then # a rule of the board
    to=review
    call PATCH "/boards/$board/tasks/$id" "{\"status\": \"review\", \"comment\": \"$comment\"}"
  fi
  if [ "$status" = 200 ]; then
    say "$to: $title"
  else
    say "cannot be moved to $to: $title ($status $(cat "$dir/answer"))"
    refused="$refused$id@$version "
    call POST "/boards/$board/tasks/$id/comments" "{\"message\": \"$comment\"}"
  fi
  task=""
}

check_in
while :; do
  next_task
  if [ -s "$dir/task" ]; then
    work
    if [ "$mode" = once ]; then exit; fi
  elif [ "$mode" = forever ]; then
    pause "$interval"
    check_in
  else
    say "nothing to do"
    exit
  fi
done
