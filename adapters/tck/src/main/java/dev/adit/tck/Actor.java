package dev.adit.tck;

import java.io.IOException;
import java.util.List;

/** Somebody that a script speaks for: one end of a connection, or of one stream of it. */
interface Actor {
    /** Does one step: a verb of {@code text} and what belongs to it. */
    void perform(String text, List<String> block) throws IOException;

    Sender sender();
}
