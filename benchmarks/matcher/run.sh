#!/usr/bin/env bash
# The matcher beside routers that are not ours: time, bytes, build time and heap, on equal tables and requests.
#
#     benchmarks/matcher/run.sh [--quick | --hosts] [RESULTS]
#
# Builds, measures (three quarters of an hour on two cores), prints the tables and writes matcher.json and matcher.svg into RESULTS
# (benchmarks/matcher/results). --hosts: only the first table, many hosts, without those that try rule after rule; a quarter of an hour.
# --quick: one fork, sizes to 10 000, five minutes, nothing to quote. Needs a JDK, Maven and 10 GB of memory (--quick: 3).
# Leave the machine alone meanwhile. JAVA=... chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

part=all
case "${1:-}" in --quick | --hosts) part=${1#--}; shift ;; esac
results=$(realpath -m "${1:-benchmarks/matcher/results}")
java=${JAVA:-java}
mkdir -p "$results"

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"
indexed=ADIT,UNDERTOW,JETTY,ARMERIA,HASH_MAP,TREE_MAP
linear=,SPRING,VERTX # they try rule after rule
sizes=10,1000,10000,100000,1000000
forks=3
case $part in
  quick) sizes=10,1000,10000; forks=1 ;;
  hosts) linear= ;;
esac

# name, shape, contenders, sizes, requests
jmh() {
  measure find "$@"
  measure findStrings "$1-strings" "$2" ADIT "$4" "$5"
  measure textsAlone "$1-texts" "$2" ADIT "$4" "$5"
}

measure() {
  local benchmark=$1 heap=2g
  shift
  case ,$4, in *,1000000,*) heap=6g ;; esac
  "$java" -cp "$classpath" org.openjdk.jmh.Main "dev.adit.benchmarks.matcher.MatcherBenchmark.$benchmark\$" \
    -p shape="$2" -p contender="$3" -p rules="$4" -p requests="$5" -f $forks \
    -jvmArgs "-Xms$heap -Xmx$heap -Xmn256m -XX:+AlwaysPreTouch -XX:+UseParallelGC" -prof gc -foe true -rf json -rff "$results/$1.jmh.json" \
    > "$results/$1.log" 2>&1 || { tail -n 40 "$results/$1.log"; return 1; }
  echo "$(date +%T) $1"
}

rm -f "$results"/*.jmh.json "$results"/footprint.jsonl
jmh hosts HOSTS "$indexed$linear" "${sizes//,1000000/}" 32768
case $sizes in *1000000) jmh hosts-million HOSTS "$indexed$linear" 1000000 32768 ;; esac
if [ $part != hosts ]; then
  jmh predictable HOSTS "$indexed$linear" 1000 64
  jmh one-host ONE_HOST "$indexed" 1000,10000,100000 32768
  jmh long-paths LONG_PATHS "$indexed" 1000,10000 32768
  jmh adversarial ADVERSARIAL "$indexed" 1000,10000 32768
fi

for rules in ${sizes//,/ }; do
  for contender in ${indexed//,/ }; do
    "$java" -Xms6g -Xmx6g -XX:+UseParallelGC -cp "$classpath" \
      dev.adit.benchmarks.matcher.Footprint "$contender" HOSTS "$rules" | tee -a "$results/footprint.jsonl"
  done
done
"$java" -Xms2g -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.adit.benchmarks.matcher.Change | tee "$results/change.json"
"$java" -cp "$classpath" dev.adit.benchmarks.matcher.Report "$results"
