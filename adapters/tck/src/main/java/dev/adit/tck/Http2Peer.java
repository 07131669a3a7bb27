package dev.adit.tck;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One end of one HTTP/2 connection, played by a script: what is not about a single stream. */
final class Http2Peer implements Actor {
    private static final Pattern TIMES = Pattern.compile("frames(?: (\\d+) times)?");

    private final Http2Connection connection;
    /** Does what is the same for every connection. */
    private final Peer peer;

    Http2Peer(Http2Connection connection, Peer peer) {
        this.connection = connection;
        this.peer = peer;
    }

    Http2Connection connection() {
        return connection;
    }

    @Override
    public Sender sender() {
        return peer.sender();
    }

    @Override
    public void perform(String text, List<String> block) throws IOException {
        Matcher frames = TIMES.matcher(text.startsWith("sends ") ? text.substring("sends ".length()) : "");
        if (frames.matches()) {
            connection.send(block, frames.group(1) == null ? 1 : Integer.parseInt(frames.group(1)));
        } else if (text.startsWith("opens ")) {
            connection.open(Integer.parseInt(text.substring("opens ".length())));
        } else if (text.equals("sends settings")) {
            connection.announce(Http2Frame.settings(block));
        } else if (text.startsWith("is sent away ")) {
            sentAway(List.of(text.substring("is sent away ".length()).split("\\|")));
        } else {
            switch (text) {
                case "pings" -> connection.ping();
                case "keeps its windows" -> connection.keepWindows();
                case "acknowledges nothing" -> connection.acknowledgeNothing();
                case "is settled" -> connection.awaitSettled();
                case "receives GOAWAY" -> connection.awaitGoAway();
                default -> performAsPeer(text, block);
            }
        }
    }

    private void performAsPeer(String text, List<String> block) throws IOException {
        if (text.startsWith("receives")) {
            throw new IllegalArgumentException("a stream receives, not its connection: " + text);
        }
        if (text.startsWith("is ") && !text.equals("is sent")) {
            connection.awaitEnd();
        }
        peer.perform(text, block);
        if (text.equals("is cut off")) {
            connection.discard();
        }
    }

    /** The connection ends with one of these codes. */
    private void sentAway(List<String> codes) {
        connection.awaitEnd();
        int code = connection.goAwayCode();
        if (code < 0 || !codes.contains(Http2Frame.codeName(code))) {
            throw new AssertionError("expected " + peer.wire().name() + " to be sent away with " + codes + ", not "
                    + connection.reason());
        }
        connection.discard();
    }
}
