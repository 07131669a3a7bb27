#!/usr/bin/env bash
# Adit under mixed load for as long as one likes, while its table is swapped and its endpoints are killed.
#
#     benchmarks/soak/run.sh --transport undertow --minutes 5 [-Xmx128m ...]
#
# Needs Linux and a JDK. Build first: mvn -q -DskipTests package. benchmarks/README.md says what it does and prints.
set -euo pipefail
cd "$(dirname "$0")/../.."
for jar in adapters/standalone/target/adit.jar benchmarks/target/benchmarks.jar; do
  [ -f "$jar" ] || { echo "run.sh needs $jar: mvn -q -DskipTests package" >&2; exit 2; }
done
exec java -Xmx512m -cp benchmarks/target/benchmarks.jar dev.adit.benchmarks.soak.Soak "$@"
