#!/usr/bin/env bash
# The choice of a certificate by server name beside Netty's, Jetty's and Undertow's, in one run: time and bytes.
#
#     benchmarks/tls/run.sh [--quick] [RESULTS]
#
# Builds, measures (half an hour; --quick seven minutes, nothing to quote) and writes names.json and names-as-strings.json into RESULTS
# (benchmarks/tls/results).
# Needs a JDK, Maven and 2 GB of memory. Leave the machine alone meanwhile. JAVA=... chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

options=()
if [ "${1:-}" = --quick ]; then
  options=(-f 1 -wi 2 -i 3 -w 300ms -r 300ms)
  shift
fi
results=$(realpath -m "${1:-benchmarks/tls/results}")
mkdir -p "$results"

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"

# name, benchmark, choosers
measure() {
  "${JAVA:-java}" -cp "$classpath" org.openjdk.jmh.Main "dev.adit.benchmarks.tls.ServerNameBenchmark.$2\$" \
    -p chooser="$3" -p certificates=10,1000,100000 "${options[@]}" \
    -jvmArgs '-Xms1500m -Xmx1500m' -prof gc -foe true -rf json -rff "$results/$1.json"
}

measure names choose ADIT,NETTY,JETTY,UNDERTOW,HASH_MAP
measure names-as-strings chooseByString ADIT,NETTY,HASH_MAP
