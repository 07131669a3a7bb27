#!/usr/bin/env bash
# The choice of an endpoint beside gRPC's and Armeria's, in one run: time and bytes, by one thread and by two.
#
#     benchmarks/balancer/run.sh [--quick] [RESULTS]
#
# Builds, measures (an hour and a half; --quick five minutes, nothing to quote) and writes choice-1.json, choice-2.json and
# sticky.json into RESULTS (benchmarks/balancer/results). Needs a JDK and Maven. Leave the machine alone meanwhile. JAVA=...
# chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

options=()
if [ "${1:-}" = --quick ]; then
  options=(-f 1 -wi 2 -i 3 -w 300ms -r 300ms)
  shift
fi
results=$(realpath -m "${1:-benchmarks/balancer/results}")
mkdir -p "$results"

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"

# name, benchmarks, threads
jmh() {
  "${JAVA:-java}" -cp "$classpath" org.openjdk.jmh.Main "dev.adit.benchmarks.balancer.($2)" -t "$3" \
    "${options[@]}" -prof gc -foe true -rf json -rff "$results/$1.json"
}

jmh choice-1 'ChoiceBenchmark|RivalBenchmark' 1
jmh choice-2 'ChoiceBenchmark|RivalBenchmark' 2
jmh sticky StickyBenchmark 1
