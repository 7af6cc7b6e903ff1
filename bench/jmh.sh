#!/usr/bin/env bash
# Microbenchmarks: codecs, chunker, manifest, mounting a million chunks, a READ of the transport kernel:
#   bench/jmh.sh [PATTERN [JMH-OPTION...]]
#
# Writes bench/results/jmh.md if all are run; fails if a limit of those that ran is not kept. With a dump:
#   bench/jmh.sh Codec -p data=dump -jvmArgsAppend -Dsnapfs.bench.dump=/var/tmp/dump/pages-1.img
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

tools/setup.sh
mvn -B -ntp -q -pl bench -am package -DskipTests
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$java" -cp "bench/target/classes:bench/target/lib/*" org.openjdk.jmh.Main "${1:-.*}" -foe true -prof gc \
  -rf csv -rff "$scratch/jmh.csv" "${@:2}"

# The CSV as lines of NAME|PARAMETERS|SCORE|ERROR|UNIT: JMH quotes names and units and puts parameters last.
lines() {
  python3 - "$scratch/jmh.csv" <<'PYTHON'
import csv, sys
for row in csv.DictReader(open(sys.argv[1])):
    parameters = " ".join(v for k, v in row.items() if k.startswith("Param: ") and v)
    if ":" in row["Benchmark"] and not row["Benchmark"].endswith("gc.alloc.rate.norm"):
        continue
    name = ".".join(row["Benchmark"].split(".")[-2:])
    print(name.split(".")[0] + "." + row["Benchmark"].split(".")[-1] if ":" not in row["Benchmark"]
          else row["Benchmark"].split(":")[0].split(".")[-2] + "." + row["Benchmark"].split(":")[0].split(".")[-1] + " allocates",
          parameters, "%.3f" % float(row["Score"]),
          "" if row["Score Error (99.9%)"] == "NaN" else "%.3f" % float(row["Score Error (99.9%)"]), row["Unit"], sep="|")
PYTHON
}
lines >"$scratch/lines"

largest() { awk -F'|' -v name="$1" '$1 == name && $3 > max {max = $3} END {print max + 0}' "$scratch/lines"; } # NAME
ran() { grep -q "^$1|" "$scratch/lines"; }
limits() {
  ! ran 'ReadRequestBenchmark.read' ||
    at_most 'a READ of cached chunks allocates, bytes (JMH itself adds some thousandths)' "$(largest 'ReadRequestBenchmark.read allocates')" 0.1
  ! ran 'MountBenchmark.mountAndReadFirstByte' ||
    at_most 'a million chunks: mounted and first byte read, ms, mean of the slower transport' "$(largest 'MountBenchmark.mountAndReadFirstByte')" 50
}

report() {
  cat <<MARKDOWN
# Microbenchmarks

Made by \`bench/jmh.sh\`, JMH with one thread and the profiler gc; ± is the half-width of the 99.9 % interval.

$(describe_machine)

| benchmark | parameters | result | ± | unit |
| --- | --- | --- | --- | --- |
$(sed 's/|/ | /g; s/^/| /; s/$/ |/' "$scratch/lines")

MARKDOWN
  limits_table limits
}

report >"$scratch/report"
[ $# -gt 0 ] || cp "$scratch/report" bench/results/jmh.md
echo
cat "$scratch/report"
[ "$verdict" = met ]
