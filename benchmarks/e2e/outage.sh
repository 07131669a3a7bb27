#!/usr/bin/env bash
# Requests that are lost while backends die, hang, restart and are replaced, under the load of wrk.
#
#     wrk ==> adit serve ==> four endpoints, each an nginx process
#
# Every request is a GET, or with BODY a PUT of so many bytes, and so safe to retry; none is tried more than three times.
#
#   kill      every second one endpoint is ended with kill -9, and started again 300 ms later; the manifests do not know
#   stop      every other second one endpoint is halted by SIGSTOP for a second, and goes on after that
#   restart   every second one endpoint is told to finish what it does, and started again when it has
#   rolling   every second one endpoint is replaced by one on another port: started, put into the manifest in place of the
#             old one, which gets SIGTERM half a second later
#
# Prints for each scenario how many requests were answered, and how many were lost: answered by anything but 2xx, or not
# at all. Ends with 1 if any was.
#
# Needs Linux, a JDK, and nginx, wrk and curl (Debian: nginx-light wrk curl). Build first: mvn -q -DskipTests package
#
#   benchmarks/e2e/outage.sh                                     Netty, every scenario, 12 s each
#   TRANSPORTS="netty undertow jetty" SECS=20 benchmarks/e2e/outage.sh
#   OPTIONS="" SCENARIOS=kill benchmarks/e2e/outage.sh           without health checks and outlier detection
#   BODY=2000 benchmarks/e2e/outage.sh                           with bodies
set -euo pipefail
cd "$(dirname "$0")/../.."

TRANSPORTS=${TRANSPORTS:-netty}
SCENARIOS=${SCENARIOS:-kill stop restart rolling}
SECS=${SECS:-12}
CONNECTIONS=${CONNECTIONS:-32}
BODY=${BODY:-0}
OPTIONS=${OPTIONS-"health-check=http health-check-interval=500ms health-check-timeout=300ms health-check-unhealthy=2
  outlier-detection=on"}
JAVA_OPTS=${JAVA_OPTS:--Xms256m -Xmx256m -XX:+UseSerialGC}
HTTP=22080 ADMIN=22090 FIRST=22100 COUNT=4
JAR=${JAR:-adapters/standalone/target/adit.jar}

for program in nginx wrk curl java; do
  command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || { echo "outage.sh needs $program" >&2; exit 2; }
done
[ -f "$JAR" ] || { echo "outage.sh needs $JAR: mvn -q -DskipTests package" >&2; exit 2; }
export PATH=$PATH:/usr/sbin

work=$(mktemp -d)
declare -A backends=()
gateway=
load=
cleanup() {
  for port in "${!backends[@]}"; do kill -CONT "${backends[$port]}" 2>/dev/null || true; done
  for pid in "${backends[@]}" $gateway $load; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

requests=()
if [ "$BODY" != 0 ]; then
  printf 'wrk.method = "PUT"\nwrk.body = string.rep("b", %d)\n' "$BODY" > "$work/put.lua"
  requests=(-s "$work/put.lua")
fi

answers() { curl -so /dev/null -m 1 "http://127.0.0.1:$1/"; }

start() { # PORT: an endpoint, answering
  cat > "$work/$1.conf" <<X
daemon off; master_process off; pid $work/$1.pid; error_log $work/$1.err;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; tcp_nodelay on; default_type text/plain;
  $(for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$1-$kind;"; done)
  server { listen 127.0.0.1:$1 backlog=1024; location / { return 200 "$(printf 'a%.0s' {1..1024})"; } } }
X
  nginx -c "$work/$1.conf" -e "$work/$1.err" &
  backends[$1]=$!
  for _ in {1..100}; do answers "$1" && return; sleep 0.05; done
  echo "the endpoint on port $1 does not start" >&2
  exit 2
}

end() { # SIGNAL PORT: and waits until it is gone
  kill "-$1" "${backends[$2]}"
  wait "${backends[$2]}" 2>/dev/null || true
  unset "backends[$2]"
}

manifest() { # PORT...: what serves from now on
  {
    cat <<X
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
X
    for port in "$@"; do
      cat <<X
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-$port, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: $port}]
endpoints: [{addresses: [127.0.0.1]}]
X
    done
  } > "$work/next.yaml"
  mv "$work/next.yaml" "$work/manifests/web.yaml"
}

serve() { # TRANSPORT
  local options=(--option proxy-read-timeout=1)
  for option in $OPTIONS; do options+=(--option "$option"); done
  # shellcheck disable=SC2086
  java $JAVA_OPTS -jar "$JAR" serve -f "$work/manifests" --bind 127.0.0.1 --http $HTTP --https off --admin $ADMIN \
    --transport "$1" "${options[@]}" > "$work/gateway.log" 2>&1 &
  gateway=$!
  for _ in {1..200}; do answers $HTTP && return; sleep 0.05; done
  cat "$work/gateway.log" >&2
  exit 2
}

# Each disturbs endpoint number N, for about a second.
kill_scenario() { local port=$((FIRST + $1)); end KILL $port; sleep 0.3; start $port; sleep 0.6; }
stop_scenario() {
  local pid=${backends[$((FIRST + $1))]}
  kill -STOP "$pid"; sleep 1; kill -CONT "$pid"; sleep 1
}
restart_scenario() { local port=$((FIRST + $1)); end QUIT $port; start $port; sleep 0.9; }
rolling_scenario() {
  local old=${serving[$1]}
  local new=$((old + COUNT))
  start $new
  serving[$1]=$new
  manifest "${serving[@]}"
  sleep 0.5
  end TERM "$old"
  sleep 0.4
}

lost=0
run() { # TRANSPORT SCENARIO
  serving=()
  for i in $(seq 0 $((COUNT - 1))); do start $((FIRST + i)); serving+=($((FIRST + i))); done
  mkdir -p "$work/manifests"
  manifest "${serving[@]}"
  serve "$1"
  wrk -t1 -c4 -d2s "http://127.0.0.1:$HTTP/" > /dev/null
  wrk -t1 -c"$CONNECTIONS" -d"${SECS}s" --timeout 30s "${requests[@]}" "http://127.0.0.1:$HTTP/" > "$work/wrk.log" &
  load=$!
  sleep 0.5
  local until=$((SECONDS + SECS - 2)) turn=0
  while [ $SECONDS -lt $until ]; do "$2_scenario" $((turn % COUNT)); turn=$((turn + 1)); done
  wait $load
  local answered bad=0 broken=0
  answered=$(awk '/requests in/ {print $1}' "$work/wrk.log")
  bad=$(awk '/Non-2xx/ {print $NF}' "$work/wrk.log")
  broken=$(awk '/Socket errors/ {gsub(",", ""); print $4 + $6 + $8 + $10}' "$work/wrk.log")
  printf '%-10s %-10s %10s %10s %12s %10s\n' "$1" "$2" "$turn" "$answered" "${bad:-0}" "${broken:-0}"
  lost=$((lost + ${bad:-0} + ${broken:-0}))
  curl -s "http://127.0.0.1:$ADMIN/pools" > "$work/pools.json"
  kill "$gateway"; wait "$gateway" 2>/dev/null || true
  for port in "${!backends[@]}"; do end KILL "$port"; done
}

printf '%-10s %-10s %10s %10s %12s %10s\n' transport scenario outages answered "not 2xx" "no answer"
for transport in $TRANSPORTS; do
  for scenario in $SCENARIOS; do run "$transport" "$scenario"; done
done
[ "$lost" = 0 ]
