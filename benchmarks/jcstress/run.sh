#!/usr/bin/env bash
# Races of the balancer under jcstress: leases that two close, endpoints that go while they are used, limits, ejection, connections.
#
#     benchmarks/jcstress/run.sh [MODE]
#
# MODE is how long: sanity (a minute), quick (default, some minutes), default or tough (hours). Ends with 1 if a result is
# forbidden; the report is in benchmarks/target/jcstress. Needs a JDK and Maven. JAVA=... chooses the java.
set -euo pipefail
cd "$(dirname "$0")/../.."

mvn -q -Pfast -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
"${JAVA:-java}" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jcstress.Main \
  -m "${1:-quick}" -t 'dev\.adit\..*' -r benchmarks/target/jcstress
