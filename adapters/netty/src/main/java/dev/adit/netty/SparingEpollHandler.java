package dev.adit.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Epoll as Netty does it, but the kernel hears what a channel waits for only when that matters: before the loop waits.
 *
 * <pre>
 *   channel ──waits for──▶ Interest ──▶ changed ──before the loop waits──▶ EPOLL_CTL_ADD, _MOD: the last word only
 *           ──closes─────▶          ──▶         ───────── then ──────────▶ nothing: a closed descriptor is out of the set
 * </pre>
 *
 * A connection that is accepted, served and closed takes one call this way where Netty makes three.
 *
 * <p>And a channel that waits for nothing, because its peer has ended its output and all of that was read, stays in the
 * epoll set, edge-triggered, so that a hang-up is told once and not for ever. Netty 4.2.18 takes it out and then fails to
 * put it back: the first write that has to wait tears the connection, with bytes still to be sent.
 */
final class SparingEpollHandler implements IoHandler {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());

    private final IoHandler epoll;
    /** Those that the kernel must hear of, each once. */
    private final List<Interest> changed = new ArrayList<>();

    private SparingEpollHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new SparingEpollHandler(epoll.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        tellKernel();
        return epoll.run(context);
    }

    private void tellKernel() {
        // More may be added on the way.
        for (int i = 0; i < changed.size(); i++) {
            changed.get(i).tellKernel();
        }
        changed.clear();
    }

    @Override
    public void prepareToDestroy() {
        tellKernel();
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        // The descriptor's number may be that of a channel which was closed a moment ago.
        tellKernel();
        Interest interest = new Interest((EpollIoHandle) handle);
        interest.registration = epoll.register(interest);
        return interest;
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** What one channel waits for; used on its event loop. */
    private final class Interest implements EpollIoHandle, IoRegistration {
        private final EpollIoHandle channel;
        private @Nullable IoRegistration registration;
        private IoOps wanted = EpollIoOps.NONE;
        /** What the kernel heard last. */
        private IoOps told = EpollIoOps.NONE;

        private boolean listed;
        private boolean cancelled;

        Interest(EpollIoHandle channel) {
            this.channel = channel;
        }

        private IoRegistration registration() {
            return Objects.requireNonNull(registration);
        }

        @Override
        public long submit(IoOps ops) {
            if (cancelled) {
                return -1;
            }
            wanted = ops;
            list();
            return 0;
        }

        @Override
        public boolean cancel() {
            if (cancelled) {
                return false;
            }
            cancelled = true;
            list();
            return true;
        }

        private void list() {
            if (!listed) {
                listed = true;
                changed.add(this);
            }
        }

        void tellKernel() {
            listed = false;
            if (cancelled) {
                registration().cancel();
                return;
            }
            boolean idle = wanted.equals(EpollIoOps.NONE) && !told.equals(EpollIoOps.NONE);
            IoOps ops = idle ? EpollIoOps.EPOLLET : wanted;
            if (!ops.equals(told)) {
                told = ops;
                try {
                    registration().submit(ops);
                } catch (UncheckedIOException e) {
                    LOG.log(System.Logger.Level.ERROR, "epoll does not take a connection, which is closed", e);
                    close();
                }
            }
        }

        @Override
        public boolean isValid() {
            return !cancelled;
        }

        @Override
        public <T> T attachment() {
            return registration().attachment();
        }

        // Towards the channel

        @Override
        public FileDescriptor fd() {
            return channel.fd();
        }

        @Override
        public void handle(IoRegistration source, IoEvent event) {
            // What was told before the channel closed may be about a number that is another's by now.
            if (!cancelled) {
                channel.handle(this, event);
            }
        }

        @Override
        public void registered() {
            channel.registered();
        }

        @Override
        public void unregistered() {
            channel.unregistered();
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.ERROR, "a connection could not be closed", e);
            }
        }
    }
}
