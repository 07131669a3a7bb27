package dev.adit.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an external authentication gave a request on its way.
 *
 * @param replaced names of the fields it decides about, in lower case with hyphens: the client's own do not go on
 * @param fields what goes to the upstream instead
 * @param cookies {@code Set-Cookie} values for the client
 * @param always whether the client gets them whatever the status
 */
record AuthGrant(List<String> replaced, List<Map.Entry<String, String>> fields, List<String> cookies, boolean always) {

    static AuthGrant of(List<String> names, Headers answer, boolean alwaysSetCookie) {
        List<String> replaced = new ArrayList<>(names.size());
        List<Map.Entry<String, String>> fields = new ArrayList<>(names.size());
        for (String name : names) {
            // Framing, the host and who the client is are not for others to say.
            if (Fields.ofRequest(name) != Fields.Treatment.DROPPED) {
                replaced.add(Fields.folded(name));
                answer.all(name).forEach(value -> fields.add(Map.entry(name, value)));
            }
        }
        return new AuthGrant(replaced, fields, List.copyOf(answer.all("Set-Cookie")), alwaysSetCookie);
    }

    boolean replaces(CharSequence name) {
        return Fields.contains(replaced, name);
    }

    /** Whether an answer of {@code status} takes the cookies along; unless always, as nginx's {@code add_header} does. */
    boolean setsCookies(int status) {
        if (cookies.isEmpty()) {
            return false;
        }
        return always
                || switch (status) {
                    case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308 -> true;
                    default -> false;
                };
    }
}
