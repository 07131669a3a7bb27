package dev.adit.tck;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What every message that leaves a transport must keep to, whatever the case is about. */
final class Conduct {
    private static final Pattern REQUEST_LINE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ /[!-~]* HTTP/1\\.1");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-5][0-9][0-9] [\\t -~\\x80-\\xff]*");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]*");
    private static final Set<String> OPTIONS = Set.of("close", "keep-alive", "upgrade", "te");

    private Conduct() {}

    /** A request to an upstream. */
    static void checkRequest(Message head) {
        require(REQUEST_LINE.matcher(head.start()).matches(), "a request line of RFC 9112 section 3", head);
        require(head.all("Host").size() == 1, "exactly one Host (RFC 9112 section 3.2)", head);
        checkHopByHop(head);
        require(Set.of("trailers").containsAll(head.elements("TE")), "no TE but trailers", head);
        require(head.all("Expect").isEmpty(), "no Expect, since the transport answers it itself", head);
        require(head.all("Proxy-Authorization").isEmpty(), "no Proxy-Authorization", head);
        checkFraming(head);
    }

    /** A response to a client. */
    static void checkResponse(Message head) {
        require(STATUS_LINE.matcher(head.start()).matches(), "a status line of RFC 9112 section 4", head);
        checkHopByHop(head);
        require(head.all("TE").isEmpty(), "no TE", head);
        checkFraming(head);
        if (head.status() < 200 || head.status() == 204) {
            require(
                    head.all("Content-Length").isEmpty()
                            && head.all("Transfer-Encoding").isEmpty(),
                    "no framing in 1xx and 204 (RFC 9110 section 8.6, RFC 9112 section 6.1)",
                    head);
        } else {
            require(head.all("Date").size() == 1, "one Date (RFC 9110 section 6.6.1)", head);
        }
    }

    private static void checkHopByHop(Message head) {
        require(OPTIONS.containsAll(head.elements("Connection")), "no Connection option but " + OPTIONS, head);
        for (String name : List.of("Proxy-Connection", "HTTP2-Settings")) {
            require(head.all(name).isEmpty(), "no " + name, head);
        }
        require(
                head.all("Upgrade").isEmpty() || head.lists("Connection", "upgrade"),
                "no Upgrade without Connection: upgrade (RFC 9110 section 7.8)",
                head);
    }

    private static void checkFraming(Message head) {
        List<String> lengths = head.all("Content-Length");
        List<String> codings = head.all("Transfer-Encoding");
        require(lengths.isEmpty() || codings.isEmpty(), "not both Content-Length and Transfer-Encoding", head);
        require(
                lengths.isEmpty()
                        || lengths.size() == 1 && LENGTH.matcher(lengths.get(0)).matches(),
                "one Content-Length of digits",
                head);
        require(
                codings.isEmpty() || codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"),
                "no Transfer-Encoding but chunked",
                head);
    }

    private static void require(boolean kept, String what, Message head) {
        if (!kept) {
            throw new AssertionError("expected " + what + " in:\n" + head.start() + "\n"
                    + String.join(
                            "\n", head.fields().stream().map(Object::toString).toList()));
        }
    }
}
