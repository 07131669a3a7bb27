#!/usr/bin/env bash
# The matcher beside routers that are not ours: time, bytes, build time and heap, on equal tables and requests.
#
#     benchmarks/matcher/run.sh [--quick] [RESULTS]
#
# Builds, measures (four hours on two cores; --quick ten minutes, sizes to 10 000, nothing to quote), prints the tables and writes
# matcher.json and matcher.svg into RESULTS (benchmarks/matcher/results). Needs a JDK, Maven and 12 GB of memory (--quick: 3).
# Leave the machine alone meanwhile. JAVA=... chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

quick=""
if [ "${1:-}" = --quick ]; then quick=yes; shift; fi
results=$(realpath -m "${1:-benchmarks/matcher/results}")
java=${JAVA:-java}
mkdir -p "$results"

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"
indexed=ADIT,UNDERTOW,JETTY,ARMERIA,HASH_MAP,TREE_MAP
linear=SPRING,VERTX # they try rule after rule
sizes=10,1000,10000
if [ -n "$quick" ]; then
  options=(-f 1 -wi 2 -i 3 -r 300ms -w 300ms)
  heap=2g
else
  options=()
  heap=9g
fi

# name, shape, contenders, sizes, requests
jmh() {
  measure find "$@"
  measure textsAlone "$1-texts" "$2" ADIT "$4" "$5"
}

measure() {
  local benchmark=$1
  shift
  "$java" -cp "$classpath" org.openjdk.jmh.Main "dev.adit.benchmarks.matcher.MatcherBenchmark.$benchmark" \
    -p shape="$2" -p contender="$3" -p rules="$4" -p requests="$5" "${options[@]}" \
    -jvmArgs "-Xms$heap -Xmx$heap -Xmn256m -XX:+AlwaysPreTouch -XX:+UseParallelGC" -prof gc -foe true -rf json -rff "$results/$1.jmh.json" \
    | tee "$results/$1.log" | grep --line-buffered '^# Parameters\|^Iteration' || return 1
}

rm -f "$results"/*.jmh.json "$results"/footprint.jsonl
jmh hosts HOSTS $indexed,$linear $sizes 32768
jmh predictable HOSTS $indexed,$linear 1000 64
jmh one-host ONE_HOST $indexed,$linear 1000,10000 32768
jmh long-paths LONG_PATHS $indexed,$linear 1000,10000 32768
jmh adversarial ADVERSARIAL $indexed 1000,10000 32768
if [ -z "$quick" ]; then
  jmh hosts-large HOSTS $indexed,$linear 100000,1000000 32768
  jmh one-host-large ONE_HOST $indexed 100000 32768
  sizes=10,1000,10000,100000,1000000
fi

for rules in ${sizes//,/ }; do
  for contender in ${indexed//,/ } ${linear//,/ }; do
    "$java" -Xms$heap -Xmx$heap -XX:+UseParallelGC -cp "$classpath" \
      dev.adit.benchmarks.matcher.Footprint "$contender" HOSTS "$rules" | tee -a "$results/footprint.jsonl"
  done
done
"$java" -Xms2g -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.adit.benchmarks.matcher.Change | tee "$results/change.json"
"$java" -cp "$classpath" dev.adit.benchmarks.matcher.Report "$results"
