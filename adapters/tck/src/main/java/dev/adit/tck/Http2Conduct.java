package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What every HTTP/2 message that leaves a transport must keep to, whatever the case is about. */
final class Http2Conduct {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");
    private static final Pattern VALUE = Pattern.compile("|[!-~\\x80-\\xff]([\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?");
    private static final Pattern STATUS = Pattern.compile("[1-5][0-9][0-9]");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]*");
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");
    private static final List<String> OF_A_REQUEST = List.of(":method", ":scheme", ":authority", ":path");

    private Http2Conduct() {}

    /** A request to an upstream, as {@code METHOD /target}; its fields include the pseudo-header fields. */
    static Message request(List<Field> fields) {
        List<Field> pseudo = pseudo(fields);
        for (String name : OF_A_REQUEST) {
            require(Message.all(pseudo, name).size() == 1, "one " + name + " (RFC 9113 section 8.3.1)", fields);
        }
        require(pseudo.size() == OF_A_REQUEST.size(), "no pseudo-header field but those of a request", fields);
        String path = Message.all(pseudo, ":path").get(0);
        Message message = new Message(Message.all(pseudo, ":method").get(0) + " " + path, fields);
        require(path.startsWith("/"), "a path", fields);
        require(message.all("host").isEmpty(), "no host beside :authority", fields);
        require(message.all("expect").isEmpty(), "no expect, since the transport answers it itself", fields);
        require(Set.of("trailers").containsAll(message.elements("te")), "no te but trailers", fields);
        return message;
    }

    /** A response to a client, as {@code HTTP/2.0 STATUS}. */
    static Message response(List<Field> fields, boolean end) {
        List<Field> pseudo = pseudo(fields);
        require(
                pseudo.size() == 1
                        && pseudo.get(0).is(":status")
                        && STATUS.matcher(pseudo.get(0).value()).matches(),
                "only :status, of three digits (RFC 9113 section 8.3.2)",
                fields);
        Message message = new Message("HTTP/2.0 " + pseudo.get(0).value(), fields);
        int status = message.status();
        require(status != 101, "no 101 (RFC 9113 section 8.6)", fields);
        require(message.all("te").isEmpty(), "no te", fields);
        if (status < 200) {
            require(!end, "more than an interim answer", fields);
        } else {
            require(message.all("date").size() == 1, "one date (RFC 9110 section 6.6.1)", fields);
        }
        if (status < 200 || status == 204) {
            require(message.all("content-length").isEmpty(), "no content-length", fields);
        }
        return message;
    }

    static void trailers(List<Field> fields, boolean end) {
        require(end, "END_STREAM with trailers (RFC 9113 section 8.1)", fields);
        require(pseudo(fields).isEmpty(), "no pseudo-header field in trailers", fields);
        require(Message.all(fields, "content-length").isEmpty(), "no content-length in trailers", fields);
    }

    /** The pseudo-header fields, which come first; holds every field to the rules for names and values. */
    private static List<Field> pseudo(List<Field> fields) {
        List<Field> pseudo = new ArrayList<>();
        boolean others = false;
        for (Field field : fields) {
            boolean isPseudo = field.name().startsWith(":");
            require(!isPseudo || !others, "pseudo-header fields before others (RFC 9113 section 8.3)", fields);
            others |= !isPseudo;
            if (isPseudo) {
                pseudo.add(field);
            }
            String name = isPseudo ? field.name().substring(1) : field.name();
            require(NAME.matcher(name).matches(), "names of lower case (RFC 9113 section 8.2.1)", fields);
            require(VALUE.matcher(field.value()).matches(), "values without control characters", fields);
            require(!OF_THE_CONNECTION.contains(field.name()), "no " + field.name() + " (section 8.2.2)", fields);
        }
        List<String> lengths = Message.all(fields, "content-length");
        require(
                lengths.isEmpty()
                        || lengths.size() == 1 && LENGTH.matcher(lengths.get(0)).matches(),
                "one content-length of digits",
                fields);
        return pseudo;
    }

    private static void require(boolean kept, String what, List<Field> fields) {
        if (!kept) {
            throw new AssertionError("expected " + what + " in:\n"
                    + String.join("\n", fields.stream().map(Object::toString).toList()));
        }
    }
}
