package io.grpc.util;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens gRPC's own picker of round robin, which is not public, to be timed without the channel around it. */
public final class RoundRobinPickers {
    private RoundRobinPickers() {}

    /** The picker over so many subchannels that are all ready. */
    public static SubchannelPicker of(int subchannels) {
        List<SubchannelPicker> ready = new ArrayList<>();
        for (int i = 0; i < subchannels; i++) {
            ready.add(new FixedResultPicker(PickResult.withSubchannel(new Idle())));
        }
        return new RoundRobinLoadBalancer.ReadyPicker(ready, new AtomicInteger());
    }

    /** A subchannel that nobody uses. */
    private static final class Idle extends Subchannel {
        @Override
        public void shutdown() {}

        @Override
        public void requestConnection() {}

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return List.of();
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }
    }
}
