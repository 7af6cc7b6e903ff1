#!/usr/bin/env bash
# Restoring a PyTorch worker, beside an unmodified CRIU: bench/restore.sh [ROUNDS]
#
# By itself and with `snapfs daemon`, warm and cold, in turn with `criu restore` of the raw images, eagerly and with `criu
# lazy-pages`; then with a recorded profile; then four restores at the same time, each in a pid namespace of its own.
# Prints tables and writes them to bench/results/restore.md; fails if a limit is not kept. Needs root. SNAPFS_BENCH_DIR
# names the folder that keeps the checkpoint (0.7 GB). How fast memory is filled at most: bench/pagefill.sh.
#
# All of it runs in a pid namespace: the number that the worker had is free there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
if [ -z "${SNAPFS_BENCH_INSIDE:-}" ]; then
  tools/build.sh
  tools/setup.sh --with torch
  for fd in {3..64}; do # CRIU can't dump what was opened in another mount namespace
    eval "exec $fd>&-"
  done
  SNAPFS_BENCH_INSIDE=yes exec unshare --pid --fork --kill-child --mount-proc "bench/${0##*/}" "$@"
fi
. bench/common.sh

rounds=${1:-5}
output=$bench_dir/control-restore/out
mkdir -p "$bench_dir/control-restore"
store=$bench_dir/store-restore daemon=$scratch/daemon log=$scratch/daemon.log
gate=$bench_dir/control-restore/gate
worker_pid=30000 # numbers are given from 300 on here

# What `snapfs checkpoint` makes of a worker, once: between two answers, so that the next one needs all weights. It begins
# with that as soon as it runs again, since the gate is open.
checkpoint_worker() {
  touch "$gate"
  [ ! -e "$store.made" ] || return 0
  echo "checkpointing a worker into $store"
  rm -rf "$store" "$output"
  echo $((worker_pid - 1)) >/proc/sys/kernel/ns_last_pid
  setsid /usr/bin/python3 bench/workloads/torch_cpu_worker.py "${output%/*}" 1 120 "$gate" </dev/null >/dev/null 2>&1 &
  local worker=$!
  echo 300 >/proc/sys/kernel/ns_last_pid
  while [ ! -s "$output" ]; do
    [ -d "/proc/$worker" ] || fail 'the PyTorch worker ended (is python3-torch installed?)'
    sleep 0.2
  done
  rm "$gate"
  sleep 2
  "$snapfs" checkpoint "$worker" --store "$store" --name worker >"$scratch/said" 2>&1 ||
    { kill -9 "$worker"; fail "checkpoint: $(cat "$scratch/said")"; }
  wait "$worker" 2>/dev/null || true
  touch "$store.made" "$gate"
}
checkpoint_worker
stored=$(bytes_in "$store")
warm_memory

daemon_pid=
start_daemon() {
  : >"$log"
  "$snapfs" daemon --dir "$daemon" >>"$log" 2>&1 &
  daemon_pid=$!
  until grep -q serving "$log"; do
    kill -0 "$daemon_pid" 2>/dev/null || fail "no daemon: $(cat "$log")"
    sleep 0.1
  done
}
stop_daemon() {
  [ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
  [ -z "$daemon_pid" ] || wait "$daemon_pid" || true
  daemon_pid=
}
namespaces=()
clean_up() {
  [ ${#namespaces[@]} -eq 0 ] || kill -9 "${namespaces[@]}" 2>/dev/null || true
  stop_daemon
  [ -z "$mounted" ] || umount --lazy "$mounted" || true
}
mounted=
on_exit clean_up

# compare FILE OPTION...: a table of the ways to restore, into a file.
compare() {
  "$snapfs" bench restore "$store" worker --output "$output" --rounds "$rounds" "${@:2}" >"$1"
  cat "$1"
}
# figure FILE CONTENDER COLUMN: milliseconds of a row; column 1 runs, 2 output, 3 filled.
figure() { sed -n "s/^$2  *//p" "$1" | awk "{print \$$3}"; }

compare "$scratch/warm" --against stock
compare "$scratch/cold" --against stock --cold
# Seven restores or so compile what a daemon runs; what the first one takes is told apart.
warm_daemon() {
  rounds=1 compare "$scratch/first" --daemon "$daemon" >/dev/null
  rounds=7 compare "$scratch/more" --daemon "$daemon" >/dev/null
}
start_daemon
warm_daemon
first="$(figure "$scratch/first" snapfs 1) and $(figure "$scratch/first" snapfs 2)"
compare "$scratch/daemon-warm" --daemon "$daemon" --against stock
faults=$(grep 'is filled' "$log" | tail -n "$rounds" | sed -n 's/.* median \([0-9]*\) us, p99 \([0-9]*\) us.*/\1 \2/p')
fault_median=$(median $(cut -d' ' -f1 <<<"$faults"))
fault_p99=$(median $(cut -d' ' -f2 <<<"$faults"))
compare "$scratch/daemon-cold" --daemon "$daemon" --against stock --cold

# The same packed as small as can be, and with chunks that take next to no time to decode and more room.
"$snapfs" unpack "$store" worker "$scratch/images"
compare_packed() { # NAME OPTION...: of pack
  local store=$scratch/$1
  "$snapfs" pack "$scratch/images" --store "$store" --name worker "${@:2}" >/dev/null
  rounds=2 compare "$scratch/first" --daemon "$daemon" >/dev/null
  compare "$scratch/$1-warm" --daemon "$daemon" --against stock
  compare "$scratch/$1-cold" --daemon "$daemon" --against stock --cold
}
compare_packed small --codec auto
compare_packed lz4 --codec lz4
rm -rf "$scratch/images"

end_restored() {
  kill -9 "$restored"
  while [ -e "/proc/$restored" ]; do sleep 0.1; done
}

# Where the time goes, of one restore.
"$snapfs" restore "$store" worker --detach --daemon "$daemon" --json --timeline "$scratch/trace.json" >"$scratch/json"
restored=$(sed -n 's/.*"pid" : \([0-9]*\).*/\1/p' "$scratch/json" | head -n 1)
until [ -s "$scratch/trace.json" ]; do sleep 0.1; done
end_restored
steps=$(python3 - "$scratch/trace.json" <<'PYTHON'
import json, sys
trace = json.load(open(sys.argv[1]))
events = trace["traceEvents"] if isinstance(trace, dict) else trace
for event in sorted((e for e in events if "ts" in e), key=lambda e: e["ts"]):
    print("| %.1f | %.1f | %s |" % (event["ts"] / 1000, event.get("dur", 0) / 1000, event["name"]))
PYTHON
)

# Four at once. Other mount namespaces must see what the daemon mounts.
stop_daemon # first, since it keeps a mount there
runtime=/run/snapfs
[ ! -w "${XDG_RUNTIME_DIR:-}" ] || runtime=$XDG_RUNTIME_DIR/snapfs
mount --bind "$runtime" "$runtime"
mounted=$runtime
mount --make-shared "$runtime"
seconds_of() { # COUNT: until all memory of so many restores is there
  local before start i
  before=$(grep -c 'is filled' "$log" || true)
  namespaces=()
  start=$EPOCHREALTIME
  for ((i = 0; i < $1; i++)); do
    unshare --pid --fork --kill-child --mount-proc --propagation unchanged sh -c \
      "'$snapfs' restore '$store' worker --detach --daemon '$daemon' >'$scratch/said.$i' 2>&1; exec sleep 600" &
    namespaces+=($!)
  done
  while [ "$(grep -c 'is filled' "$log" || true)" -lt $((before + $1)) ]; do
    awk "BEGIN {exit !($EPOCHREALTIME - $start > 120)}" && fail "not all of $1 were restored: $(cat "$scratch"/said.*)"
    sleep 0.02
  done
  seconds=$(calc %.2f "$EPOCHREALTIME - $start")
  read_bytes=$(grep 'is filled' "$log" | tail -n "$1" | sed 's/.*; \([0-9]*\) bytes read.*/\1/' | sort -n | tail -n 1)
  kill -9 "${namespaces[@]}" 2>/dev/null || true
  wait "${namespaces[@]}" 2>/dev/null || true
  namespaces=()
  sleep 1 # their memory is given back
}
# Waiting for a request, as a new replica does; and computing as soon as they run, and on while others are being filled.
start_daemon
warm_daemon
for ((round = 1; round <= rounds; round++)); do
  rm "$gate"
  seconds_of 1
  note one "$seconds"
  note one_bytes "$read_bytes"
  seconds_of 4
  note four "$seconds"
  note four_bytes "$read_bytes"
  touch "$gate"
  seconds_of 1
  note one_computing "$seconds"
  seconds_of 4
  note four_computing "$seconds"
done
stop_daemon

# A first restore, which records what it asks for, a second one in that order, and one that knows of none: each by itself.
timed_restore() { # NOTE OPTION...: notes the milliseconds until the first output
  rm -f "$output"
  local start=$EPOCHREALTIME
  "$snapfs" restore "$store" worker --detach --no-daemon --json "${@:2}" >"$scratch/json"
  until [ -s "$output" ]; do sleep 0.002; done
  note "$1" "$(calc %.0f "($EPOCHREALTIME - $start) * 1000")"
  restored=$(sed -n 's/.*"pid" : \([0-9]*\).*/\1/p' "$scratch/json" | head -n 1)
  [ "$1" != recorded ] || until [ -s "$scratch/recording" ]; do sleep 0.1; done
  end_restored
}
for ((round = 1; round <= rounds; round++)); do
  rm -f "$scratch/recording"
  timed_restore recorded --record "$scratch/recording"
  timed_restore replayed --profile "$scratch/recording"
  timed_restore unknown
done
# With the daemon: with the recording as a profile in a copy of the store, in turn with the store itself.
cp -r "$store" "$scratch/profiled"
"$snapfs" profile add "$scratch/profiled" worker "$scratch/recording" >/dev/null
start_daemon
for way in "$store" "$scratch/profiled"; do
  store=$way warm_daemon
done
for ((round = 1; round <= rounds; round++)); do
  rounds=1 compare "$scratch/once" --daemon "$daemon" >/dev/null
  note unprofiled "$(figure "$scratch/once" snapfs 2)"
  rounds=1 store=$scratch/profiled compare "$scratch/once" --daemon "$daemon" >/dev/null
  note profiled "$(figure "$scratch/once" snapfs 2)"
done
stop_daemon

output_over_eager() { calc %.2f "$(figure "$scratch/$1" snapfs 2) / $(figure "$scratch/$1" 'stock eager' 2)"; } # FILE

limits() {
  local stock_lazy='stock lazy-pages'
  at_most 'with the daemon, warm: runs / stock lazy-pages' \
    "$(calc %.2f "$(figure "$scratch/daemon-warm" snapfs 1) / $(figure "$scratch/daemon-warm" "$stock_lazy" 1)")" 1.3
  at_most 'warm: first output / stock eager, raw' "$(output_over_eager daemon-warm)" 1.0
  at_most 'cold: first output / stock eager, raw' "$(output_over_eager daemon-cold)" 0.6
  at_most 'fault while filling, median, us' "$fault_median" 300
  at_most 'fault while filling, 99th percentile, us' "$fault_p99" 3000
  at_most 'four at once: time / one' "$(calc %.2f "$(middle four) / $(middle one)")" 2.5
  at_most 'four at once: bytes read / stored' "$(calc %.2f "$(middle four_bytes) / $stored")" 1.1
  at_most 'replay: first output of the second restore / of the first, which recorded' "$(calc %.2f "$(middle replayed) / $(middle recorded)")" 1.0
}

report() {
  cat <<MARKDOWN
# Restoring a PyTorch worker

Made by \`bench/restore.sh $rounds\`: $("$snapfs" ls "$store" | awk 'NR == 2 {print $5, $6}') of images, $(mib "$stored") MiB packed by \`snapfs checkpoint\`; medians of $rounds rounds, the ways in turn.
Milliseconds from the command until it returns, until the worker's first output, which touches all weights, and until all memory is there.

$(describe_machine)

With \`snapfs daemon\`, after eight restores (its first one, with Java that has compiled nothing, ran, and had its first output, after $first ms):

\`\`\`
$(cat "$scratch/daemon-warm")

$(cat "$scratch/daemon-cold")
\`\`\`

With the daemon, packed as small as can be, $(mib "$(bytes_in "$scratch/small")") MiB:

\`\`\`
$(cat "$scratch/small-warm")

$(cat "$scratch/small-cold")
\`\`\`

With the daemon, packed with \`--codec lz4\`, $(mib "$(bytes_in "$scratch/lz4")") MiB:

\`\`\`
$(cat "$scratch/lz4-warm")

$(cat "$scratch/lz4-cold")
\`\`\`

By itself:

\`\`\`
$(cat "$scratch/warm")

$(cat "$scratch/cold")
\`\`\`

Replay, each restore by itself: the first output of a first restore, which records, comes after $(range recorded) ms, of a second one in the recorded order after $(range replayed) ms,
of one that knows of no order after $(range unknown) ms (median, lowest / highest). While it is recorded nothing comes before it is asked for.
With the daemon and that profile it comes after $(range profiled) ms, without after $(range unprofiled) ms: weights first, from the top, is nearly what this worker asks for.

Faults while filling: $fault_median us in the median, $fault_p99 us in the 99th percentile (medians of the rounds).
Four restores at once, each in a pid namespace of its own, of workers that wait for a request: all memory is there after $(range four) s, of one after $(range one) s (median, lowest / highest);
$(middle four_bytes) and $(middle one_bytes) bytes were read from the store, which has $stored. Of workers that compute as soon as they run, and on while others are being filled: $(range four_computing) and $(range one_computing) s, $(calc %.2f "$(middle four_computing) / $(middle one_computing)") times.

Where the time of one restore with the daemon goes, in milliseconds:

| at | took | |
| --- | --- | --- |
$steps

MARKDOWN
  limits_table limits
  cat <<MARKDOWN

Beside the limits, first output / stock eager, raw: packed as small as can be $(output_over_eager small-warm) warm and $(output_over_eager small-cold) cold, with \`--codec lz4\` $(output_over_eager lz4-warm) and $(output_over_eager lz4-cold).

On two cores the first output is bound by core seconds: zstd and byte planes, the copies into the process, and the worker itself (docs/DESIGN-NOTES.md, "Page server"), against one thread of CRIU that copies 1.5 GB of raw images.
MARKDOWN
}

mkdir -p bench/results
report >bench/results/restore.md
echo
cat bench/results/restore.md
[ "$verdict" = met ]
