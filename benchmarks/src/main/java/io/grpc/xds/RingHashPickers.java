package io.grpc.xds;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SynchronizationContext;
import io.grpc.internal.PickSubchannelArgsImpl;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Runs gRPC's ring_hash with subchannels that are all ready, and hands its picker out. */
public final class RingHashPickers {
    private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("shop/buy")
            .setRequestMarshaller(new Nothing())
            .setResponseMarshaller(new Nothing())
            .build();

    private RingHashPickers() {}

    /** What is picked by. */
    public static PickSubchannelArgs args(long hash) {
        CallOptions options = CallOptions.DEFAULT.withOption(XdsNameResolver.RPC_HASH_KEY, hash);
        return new PickSubchannelArgsImpl(METHOD, new Metadata(), options, new PickDetailsConsumer() {});
    }

    /** The picker over so many subchannels, on a ring of gRPC's usual size. */
    public static SubchannelPicker of(int subchannels) {
        Helper helper = new Helper();
        LoadBalancer balancer = new RingHashLoadBalancerProvider().newLoadBalancer(helper);
        ResolvedAddresses addresses = ResolvedAddresses.newBuilder()
                .setAddresses(addresses(subchannels))
                .setLoadBalancingPolicyConfig(new RingHashLoadBalancer.RingHashConfig(1024, 4096, ""))
                .build();
        helper.context.execute(() -> balancer.acceptResolvedAddresses(addresses));
        // A subchannel connects when it is picked for the first time.
        SplittableRandom random = new SplittableRandom(1);
        int ready = 0;
        while (ready < 50 * subchannels) {
            ready += helper.picker().pickSubchannel(args(random.nextLong())).getSubchannel() == null ? 0 : 1;
        }
        return helper.picker();
    }

    private static List<EquivalentAddressGroup> addresses(int count) {
        List<EquivalentAddressGroup> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try {
                InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
                groups.add(new EquivalentAddressGroup(new InetSocketAddress(address, 8080)));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four octets are an address", e);
            }
        }
        return groups;
    }

    /** Messages that nobody sends. */
    private static final class Nothing implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public String parse(InputStream stream) {
            return "";
        }
    }

    private static final class Silent extends ChannelLogger {
        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, Object... args) {}
    }

    /** The channel, as the policy sees it. */
    private static final class Helper extends LoadBalancer.Helper {
        private final SynchronizationContext context = new SynchronizationContext((thread, error) -> {
            throw new IllegalStateException(error);
        });
        private SubchannelPicker picker = new LoadBalancer.FixedResultPicker(LoadBalancer.PickResult.withNoResult());

        SubchannelPicker picker() {
            return picker;
        }

        @Override
        public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
            return new Ready(args, context);
        }

        @Override
        public void updateBalancingState(ConnectivityState state, SubchannelPicker now) {
            picker = now;
        }

        @Override
        public ManagedChannel createOobChannel(EquivalentAddressGroup addresses, String authority) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String getAuthority() {
            return "shop.example";
        }

        @Override
        public SynchronizationContext getSynchronizationContext() {
            return context;
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return new Silent();
        }
    }

    /** A subchannel that is ready as soon as it is asked to be. */
    private static final class Ready extends LoadBalancer.Subchannel {
        private final LoadBalancer.CreateSubchannelArgs args;
        private final SynchronizationContext context;
        private LoadBalancer.SubchannelStateListener listener = state -> {};

        Ready(LoadBalancer.CreateSubchannelArgs args, SynchronizationContext context) {
            this.args = args;
            this.context = context;
        }

        @Override
        public void start(LoadBalancer.SubchannelStateListener to) {
            listener = to;
        }

        @Override
        public void requestConnection() {
            context.execute(
                    () -> listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY)));
        }

        @Override
        public void shutdown() {}

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return args.getAddresses();
        }

        @Override
        public Attributes getAttributes() {
            return args.getAttributes();
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return new Silent();
        }
    }
}
