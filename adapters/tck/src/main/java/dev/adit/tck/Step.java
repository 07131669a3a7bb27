package dev.adit.tck;

import java.util.List;

/**
 * One line of a script, with the block below it.
 *
 * @param line its number in the file
 * @param text the line itself, stripped
 * @param block the lines below it that begin with a bar, without that
 */
record Step(int line, String text, List<String> block) {
    Step {
        block = List.copyOf(block);
    }
}
