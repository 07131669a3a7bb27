#!/usr/bin/env bash
# The choice of an endpoint beside gRPC's and Armeria's, in one run: time and bytes, by one thread and by two.
#
#     benchmarks/balancer/run.sh [--quick|--all] [RESULTS]
#
# Builds, measures (eleven minutes, three forks of each; --quick four minutes, one fork, nothing to quote; --all every policy, half
# an hour), prints the table of ratios and leaves what JMH says in RESULTS (benchmarks/balancer/results). Needs a JDK and Maven.
# Leave the machine alone meanwhile. JAVA=... chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

options=(-f 3 -wi 3 -w 400ms -i 4 -r 400ms)
policies=ROUND_ROBIN,TWO_CHOICES
hashes=RING,MAGLEV
case "${1:-}" in
  --quick)
    options=(-f 1 -wi 3 -w 400ms -i 4 -r 400ms)
    shift
    ;;
  --all)
    policies=ROUND_ROBIN,TWO_CHOICES,RANDOM,LEAST_CONNECTIONS,PEAK_EWMA
    hashes=RING,MAGLEV,RING_BOUNDED
    shift
    ;;
esac
results=$(realpath -m "${1:-benchmarks/balancer/results}")
mkdir -p "$results"
rm -f "$results"/*.jmh.json

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"

# name, benchmark, threads, more
jmh() {
  echo "$1, $(date +%T)"
  "${JAVA:-java}" -cp "$classpath" org.openjdk.jmh.Main "dev.adit.benchmarks.balancer.$2" -t "$3" "${@:4}" \
    "${options[@]}" -prof gc -foe true -rf json -rff "$results/$1.jmh.json" >"$results/$1.log" || {
    tail -n 40 "$results/$1.log" >&2
    return 1
  }
}

for threads in 1 2; do
  jmh "choose-$threads" ChoiceBenchmark.choose "$threads" -p "policy=$policies,$hashes"
  jmh "rivals-$threads" RivalBenchmark "$threads"
  jmh "lease-$threads" ChoiceBenchmark.leaseAndClose "$threads" -p "policy=$policies"
done
jmh sticky-1 StickyBenchmark 1
"${JAVA:-java}" -cp "$classpath" dev.adit.benchmarks.balancer.Report "$results"
