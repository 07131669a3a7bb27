package dev.adit.benchmarks.balancer;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.util.RoundRobinPickers;
import io.grpc.xds.RingHashPickers;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The bare choice of others, for the same numbers of endpoints as {@link ChoiceBenchmark}: run both in one run. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RivalBenchmark {
    private static final int KEYS = 4096;

    @Param({"20", "500"})
    int endpoints;

    private SubchannelPicker roundRobin = RoundRobinPickers.of(1);
    private SubchannelPicker ringHash = roundRobin;
    private PickSubchannelArgs[] keys = {};
    private EndpointGroup turns = EndpointGroup.of();
    private EndpointGroup sticky = EndpointGroup.of();
    private final ClientRequestContext context = ClientRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));

    @Setup
    public void setUp() {
        roundRobin = RoundRobinPickers.of(endpoints);
        ringHash = RingHashPickers.of(endpoints);
        SplittableRandom random = new SplittableRandom(3);
        keys = IntStream.range(0, KEYS)
                .mapToObj(i -> RingHashPickers.args(random.nextLong()))
                .toArray(PickSubchannelArgs[]::new);
        List<Endpoint> list = ChoiceBenchmark.endpoints(endpoints).stream()
                .map(e -> Endpoint.of(e.host(), e.port()))
                .toList();
        turns = EndpointGroup.of(EndpointSelectionStrategy.roundRobin(), list);
        sticky = EndpointGroup.of(
                EndpointSelectionStrategy.sticky(
                        request -> ThreadLocalRandom.current().nextLong()),
                list);
    }

    /** Which key a thread asks with next. */
    @State(Scope.Thread)
    public static class Asker {
        private int next;
    }

    @Benchmark
    public PickResult grpcRoundRobin(Asker asker) {
        return roundRobin.pickSubchannel(keys[asker.next++ & KEYS - 1]);
    }

    @Benchmark
    public PickResult grpcRingHash(Asker asker) {
        return ringHash.pickSubchannel(keys[asker.next++ & KEYS - 1]);
    }

    @Benchmark
    public Endpoint armeriaRoundRobin() {
        return Objects.requireNonNull(turns.selectNow(context));
    }

    @Benchmark
    public Endpoint armeriaSticky() {
        return Objects.requireNonNull(sticky.selectNow(context));
    }
}
