#!/usr/bin/env bash
# What it costs a gateway to follow a change of one object among many: time and bytes, and the first compilation of all.
#
#     benchmarks/update/run.sh [INGRESSES [CHANGES [TLS]]]
#
# 10 000 Ingresses over 100 000 hosts unless told; each kind of change 2 000 times; one Ingress of
# TLS (100) has a TLS section. Needs a JDK, Maven and 3 GB of memory. JAVA=... chooses the java that measures.
set -euo pipefail
cd "$(dirname "$0")/../.."

mvn -q -Pfast -DskipTests -pl benchmarks -am package
"${JAVA:-java}" -Xms2g -Xmx2g -cp benchmarks/target/benchmarks.jar dev.adit.benchmarks.update.UpdateBenchmark "$@"
