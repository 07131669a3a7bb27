#!/usr/bin/env bash
# CPU time of a proxy process per request, and how long requests take, Adit beside nginx and HAProxy in one run.
#
#     CPU 0: load generator and backend (nginx)         CPU 1: the proxy alone
#
#   wrk or h2load ==> proxy under test ==> backend    utime + stime of the proxy, from /proc/PID/stat,
#                                                     before and after, over the requests that were answered
#
# Scenario "rate" is about time instead: RATE requests a second, evenly spaced over 32 kept connections, far below what
# any contender could serve; of how long each took, the median (p50) and the 99th percentile (p99), in microseconds.
#
# Every contender is warmed up by the same number of requests before each scenario, however long they take.
#
# Needs Linux with two CPUs, a JDK, and nginx, haproxy, wrk, h2load and openssl (Debian: nginx-light haproxy wrk
# nghttp2-client openssl).
# Build first: mvn -q -DskipTests package
#
#   benchmarks/e2e/run.sh                             every contender, every scenario, 3 repetitions of 5 s
#   CONTENDERS="nginx adit" SCENARIOS="h1 tls" SECS=10 REPS=5 benchmarks/e2e/run.sh
#   SCENARIOS=rate RATE=2000 REPS=5 benchmarks/e2e/run.sh                                latency only, at another rate
#   CONTENDERS="nginx haproxy adit" SCENARIOS=bulk benchmarks/e2e/run.sh                 answers of 1 MiB over TLS
#   SCENARIOS="h2 h2tls" benchmarks/e2e/run.sh        HTTP/2 in front, 16 connections of 16 streams; HTTP/1.1 behind
#   CONTENDERS="nginx adit adit-jdk" SCENARIOS="tls handshake" benchmarks/e2e/run.sh     OpenSSL beside the JDK's TLS
#   CONTENDERS="adit jetty undertow" SCENARIOS="h1" benchmarks/e2e/run.sh                the transports side by side
#   CONTENDERS="undertow undertow-proxy" SCENARIOS="h1 close" benchmarks/e2e/run.sh      beside a server's own proxy
#   CONTENDERS="jetty jetty-proxy" SCENARIOS="h1 close" benchmarks/e2e/run.sh            the same; Maven fetches that one
#   JAVA_OPTS="..." benchmarks/e2e/run.sh             other options than the default ones below
#
# Prints a table of medians and their ratios to nginx, and keeps every repetition in benchmarks/target/e2e.jsonl. An
# answer that is not 2xx, a socket error, or a rate that was not kept is printed with its row and voids it.
set -euo pipefail
cd "$(dirname "$0")/../.."

CONTENDERS=${CONTENDERS:-nginx haproxy adit}
SCENARIOS=${SCENARIOS:-h1 close tls handshake h2 h2tls rate}
SECS=${SECS:-5}
REPS=${REPS:-3}
RATE=${RATE:-3200}
JAVA_OPTS=${JAVA_OPTS:--Xms512m -Xmx512m -XX:+UseSerialGC -XX:-UsePerfData}
# The others want a port of its own for HTTP/2 in clear text.
BACKEND=21900 HTTP=21080 HTTPS=21443 H2C=21081
JAR=adapters/standalone/target/adit.jar
TICKS=$(getconf CLK_TCK)

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

need() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || { echo "run.sh needs $1" >&2; exit 2; }; }
for program in nginx wrk h2load openssl taskset java; do need "$program"; done
[ -f "$JAR" ] || { echo "run.sh needs $JAR: mvn -q -DskipTests package" >&2; exit 2; }
export PATH=$PATH:/usr/sbin
for port in $BACKEND $HTTP $HTTPS $H2C; do
  (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null && { echo "run.sh needs port $port, which is in use" >&2; exit 2; }
done

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench.test \
  -addext subjectAltName=DNS:bench.test,IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/crt.pem" 2>/dev/null
cat "$work/crt.pem" "$work/key.pem" > "$work/both.pem"

nginx_paths() { for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$1-$kind;"; done; }

backend() {
  cat > "$work/backend.conf" <<X
daemon off; master_process off; pid $work/backend.pid; error_log $work/backend.err; worker_rlimit_nofile 20000;
events { worker_connections 8192; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on; default_type text/plain;
  $(nginx_paths backend)
  server { listen 127.0.0.1:$BACKEND backlog=4096; root $work; sendfile on;
    location = /1m { } location / { return 200 "$(printf 'a%.0s' {1..1024})"; } } }
X
  head -c 1048576 /dev/zero > "$work/1m"
  taskset -c 0 nginx -c "$work/backend.conf" -e "$work/backend.err" &
  pids+=($!)
}

# Each starts one proxy on CPU 1, in the foreground of the subshell that becomes it.
start_nginx() {
  cat > "$work/nginx.conf" <<X
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.err; worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on; client_max_body_size 0;
  $(nginx_paths nginx)
  upstream backend { server 127.0.0.1:$BACKEND; keepalive 256; keepalive_requests 1000000000; }
  ssl_certificate $work/crt.pem; ssl_certificate_key $work/key.pem; ssl_session_cache off; ssl_session_tickets off;
  ssl_protocols TLSv1.2 TLSv1.3; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host \$host;
  proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for; proxy_request_buffering off;
  server { listen 127.0.0.1:$HTTP backlog=4096; listen 127.0.0.1:$HTTPS ssl http2 backlog=4096; listen 127.0.0.1:$H2C http2;
    location / { proxy_pass http://backend; } } }
X
  exec taskset -c 1 nginx -c "$work/nginx.conf" -e "$work/nginx.err"
}

start_haproxy() {
  cat > "$work/haproxy.cfg" <<X
global
  nbthread 1
  maxconn 8000
  tune.ssl.cachesize 0
defaults
  mode http
  timeout connect 5s
  timeout client 3600s
  timeout server 60s
  http-reuse always
  option forwardfor
frontend front
  bind 127.0.0.1:$HTTP backlog 4096
  bind 127.0.0.1:$HTTPS ssl crt $work/both.pem no-tls-tickets alpn h2,http/1.1
  bind 127.0.0.1:$H2C proto h2
  default_backend back
backend back
  server one 127.0.0.1:$BACKEND
X
  exec taskset -c 1 haproxy -db -f "$work/haproxy.cfg"
}

start_adit() {
  mkdir -p "$work/manifests"
  cat > "$work/manifests/bench.yaml" <<X
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: bench}
spec:
  tls: [{hosts: [bench.test], secretName: bench}]
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: backend, port: {number: 80}}}}]}}]
---
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: backend-1, labels: {kubernetes.io/service-name: backend}}
addressType: IPv4
ports: [{port: $BACKEND}]
endpoints: [{addresses: [127.0.0.1]}]
---
apiVersion: v1
kind: Secret
metadata: {name: bench}
type: kubernetes.io/tls
data: {tls.crt: "$(base64 -w0 "$work/crt.pem")", tls.key: "$(base64 -w0 "$work/key.pem")"}
X
  # shellcheck disable=SC2086 # options are words
  exec taskset -c 1 java $JAVA_OPTS -jar "$JAR" serve -f "$work/manifests" --bind 127.0.0.1 --http $HTTP --https $HTTPS \
    --option default-ssl-certificate=default/bench "$@"
}

# As adit, but TLS with the JDK's engine where adit takes OpenSSL.
start_adit-jdk() { start_adit --tls-engine jdk; }

# As adit, but with another server under it, and that server's own proxy.
start_undertow() { start_adit --transport undertow; }
start_jetty() { start_adit --transport jetty; }
start_undertow-proxy() {
  openssl pkcs12 -export -in "$work/both.pem" -out "$work/both.p12" -passout pass:bench
  # shellcheck disable=SC2086 # options are words
  exec taskset -c 1 java $JAVA_OPTS -cp "$JAR" benchmarks/e2e/UndertowProxy.java $HTTP $HTTPS $BACKEND "$work/both.p12"
}

start_jetty-proxy() {
  openssl pkcs12 -export -in "$work/both.pem" -out "$work/both.p12" -passout pass:bench
  # shellcheck disable=SC2086 # options are words
  exec taskset -c 1 java $JAVA_OPTS -cp "$work/jetty-proxy/*" benchmarks/e2e/JettyProxy.java $HTTP $HTTPS $BACKEND "$work/both.p12"
}
fetch_jetty-proxy() {
  mvn -q -f benchmarks/e2e/jetty-proxy.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jetty-proxy"
}

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

answers() { curl -sk --max-time 2 -o /dev/null "$1"; }

load() { # scenario seconds port-of-h2c
  case $1 in
    h1) taskset -c 0 wrk -t1 -c64 -d"$2"s --timeout 10s "http://127.0.0.1:$HTTP/1k" ;;
    close) taskset -c 0 wrk -t1 -c64 -d"$2"s --timeout 10s -H 'Connection: close' "http://127.0.0.1:$HTTP/1k" ;;
    tls) taskset -c 0 wrk -t1 -c64 -d"$2"s --timeout 10s "https://127.0.0.1:$HTTPS/1k" ;;
    bulk) taskset -c 0 wrk -t1 -c16 -d"$2"s --timeout 10s "https://127.0.0.1:$HTTPS/1m" ;;
    handshake) taskset -c 0 wrk -t1 -c32 -d"$2"s --timeout 10s -H 'Connection: close' "https://127.0.0.1:$HTTPS/1k" ;;
    h2) taskset -c 0 h2load -t1 -c16 -m16 -D "$2" "http://127.0.0.1:$3/1k" ;;
    h2tls) taskset -c 0 h2load -t1 -c16 -m16 -D "$2" "https://127.0.0.1:$HTTPS/1k" ;;
    rate)
      rm -f "$work/times"
      taskset -c 0 h2load --h1 -t1 -c32 --rps $((RATE / 32)) -D "$2" --log-file "$work/times" "http://127.0.0.1:$HTTP/1k"
      ;;
    *) echo "no scenario $1; there are h1 close tls bulk handshake h2 h2tls rate" >&2; exit 2 ;;
  esac
}

requests() { awk '/requests in/ { print $1 } /^status codes:/ { print $3 }'; }

# New connections cost more than requests, and need not be as many.
warm_up() { # scenario port-of-h2c
  local scenario=$1 left=100000 answered
  case $scenario in close | handshake) left=20000 ;; bulk) left=4000 ;; rate) scenario=h1 ;; esac
  while [ "$left" -gt 0 ]; do
    answered=$(load "$scenario" 2 "$2" | requests)
    [ "${answered:-0}" -gt 0 ] || { echo "nothing is answered in scenario $1" >&2; exit 1; }
    left=$((left - answered))
  done
}

# What h2load wrote of each request: when it began, its status, and how many microseconds it took.
percentile() { # of a hundred
  sort -n -k3,3 "$work/times" | awk -v p="$1" '{ micros[NR] = $3 } END { n = int(NR * p / 100); print micros[n < 1 ? 1 : n] }'
}

measure() { # contender pid scenario
  local before after output requests trouble rep figures h2c=$HTTP
  case $1 in nginx | haproxy) h2c=$H2C ;; esac
  warm_up "$3" $h2c
  for rep in $(seq "$REPS"); do
    before=$(ticks "$2")
    output=$(load "$3" "$SECS" $h2c)
    after=$(ticks "$2")
    requests=$(requests <<< "$output")
    trouble=$(grep -E 'Non-2xx|Socket errors|^requests:.* [1-9][0-9]* (failed|errored|timeout)|^status codes:.* [1-9][0-9]* [345]xx' <<< "$output" |
      tr -s ' ' | tr '\n' ';' || true)
    figures=
    if [ "$3" = rate ]; then
      figures=",\"p50Micros\":$(percentile 50),\"p99Micros\":$(percentile 99)"
      [ "$requests" -ge $((RATE * SECS * 95 / 100)) ] || trouble+="$requests requests of $((RATE * SECS));"
    fi
    awk -v c="$1" -v s="$3" -v r="$rep" -v n="$requests" -v t=$((after - before)) -v hz="$TICKS" -v secs="$SECS" -v bad="$trouble" -v more="$figures" \
      'BEGIN { printf "{\"contender\":\"%s\",\"scenario\":\"%s\",\"rep\":%d,\"requests\":%d,\"perSecond\":%d,\"cpuMicrosPerRequest\":%.2f%s,\"trouble\":\"%s\"}\n", c, s, r, n, n / secs, t / hz * 1e6 / n, more, bad }' \
      | tee -a benchmarks/target/e2e.jsonl >> "$work/results"
  done
}

mkdir -p benchmarks/target
backend
for contender in $CONTENDERS; do
  case $contender in nginx | haproxy) need "$contender" ;; jetty-proxy) need mvn && fetch_jetty-proxy ;; esac
  "start_$contender" > "$work/$contender.log" 2>&1 &
  pid=$!
  pids+=("$pid")
  for _ in $(seq 200); do answers "http://127.0.0.1:$HTTP/" && answers "https://127.0.0.1:$HTTPS/" && break; sleep 0.1; done
  answers "http://127.0.0.1:$HTTP/" || { echo "$contender does not answer:" >&2; tail -5 "$work/$contender.log" >&2; exit 1; }
  for scenario in $SCENARIOS; do measure "$contender" "$pid" "$scenario"; done
  kill "$pid"
  wait "$pid" 2>/dev/null || true
done

echo "CPU microseconds of the proxy per request, and microseconds that a request takes at $RATE a second (p50, p99);"
echo "median of $REPS x $SECS s (ratio to nginx); $(nproc) CPUs, $(java -version 2>&1 | head -1)"
awk -v scenarios="$SCENARIOS" -v contenders="$CONTENDERS" '
  function field(name) { match($0, "\"" name "\":\"?[^,\"}]*"); v = substr($0, RSTART, RLENGTH); sub(/^"[^"]*":"?/, "", v); return v }
  {
    row = field("contender") SUBSEP field("scenario"); n = ++count[row]; trouble = field("trouble")
    if (field("scenario") == "rate") { value[row, "p50", n] = field("p50Micros"); value[row, "p99", n] = field("p99Micros") }
    else value[row, "", n] = field("cpuMicrosPerRequest")
    if (trouble != "") bad[row] = trouble
  }
  function median(row, kind,   n, i, j, x) {
    n = count[row]; if (!n) return 0
    for (i = 1; i <= n; i++) a[i] = value[row, kind, i] + 0
    for (i = 2; i <= n; i++) { x = a[i]; for (j = i - 1; j >= 1 && a[j] > x; j--) a[j + 1] = a[j]; a[j + 1] = x }
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
  }
  END {
    ns = split(scenarios, s, " "); nc = split(contenders, c, " ")
    for (i = 1; i <= ns; i++) if (s[i] == "rate") { of[++m] = "rate"; kind[m] = "p50"; of[++m] = "rate"; kind[m] = "p99" } else of[++m] = s[i]
    printf "| |"; for (i = 1; i <= m; i++) printf " %s |", kind[i] == "" ? of[i] : kind[i]; printf "\n|---|"; for (i = 1; i <= m; i++) printf "---|"; printf "\n"
    for (k = 1; k <= nc; k++) {
      printf "| %s |", c[k]
      for (i = 1; i <= m; i++) { row = c[k] SUBSEP of[i]; v = median(row, kind[i]); base = median("nginx" SUBSEP of[i], kind[i]); printf " %.1f%s%s |", v, base ? sprintf(" (%.2f)", v / base) : "", row in bad ? " VOID: " bad[row] : "" }
      printf "\n"
    }
  }' "$work/results"
