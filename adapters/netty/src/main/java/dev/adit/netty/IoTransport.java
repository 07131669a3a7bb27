package dev.adit.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** The kind of channels an event loop can serve: epoll where its native library loads, else nio. */
enum IoTransport {
    /** Linux, native. */
    EPOLL,
    /** Anywhere. */
    NIO;

    private static final boolean EPOLL_CLASSES = isPresent("io.netty.channel.epoll.Epoll");

    /** The better one that works here. */
    static IoTransport best() {
        return EPOLL_CLASSES && EpollTypes.available() ? EPOLL : NIO;
    }

    /** The one that {@code eventLoop} is made for. */
    static IoTransport of(EventLoop eventLoop) {
        return EPOLL_CLASSES && EpollTypes.serves(eventLoop) ? EPOLL : NIO;
    }

    IoHandlerFactory handlers() {
        return this == EPOLL ? EpollTypes.handlers() : NioIoHandler.newFactory();
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return this == EPOLL ? EpollTypes.serverChannel() : NioServerSocketChannel.class;
    }

    Class<? extends SocketChannel> socketChannel() {
        return this == EPOLL ? EpollTypes.socketChannel() : NioSocketChannel.class;
    }

    Class<? extends DatagramChannel> datagramChannel() {
        return this == EPOLL ? EpollTypes.datagramChannel() : NioDatagramChannel.class;
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, IoTransport.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Loaded only where the optional classes are there. */
    private static final class EpollTypes {
        static boolean available() {
            return Epoll.isAvailable();
        }

        static boolean serves(EventLoop eventLoop) {
            return eventLoop instanceof IoEventLoop loop && loop.isCompatible(EpollIoHandle.class);
        }

        static IoHandlerFactory handlers() {
            return SparingEpollHandler.factory();
        }

        static Class<? extends ServerSocketChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }

        static Class<? extends SocketChannel> socketChannel() {
            return EpollSocketChannel.class;
        }

        static Class<? extends DatagramChannel> datagramChannel() {
            return EpollDatagramChannel.class;
        }
    }
}
