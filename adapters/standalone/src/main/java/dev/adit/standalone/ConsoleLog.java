package dev.adit.standalone;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this process logs, one line each on standard error: {@code time LEVEL logger message}. */
final class ConsoleLog extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    /** Held on to: a logger that nobody refers to forgets its level. */
    private static final Logger NETTY = Logger.getLogger("io.netty");

    /** The libraries log through the JDK's System.Logger, which ends in java.util.logging: this sets up its end. */
    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new ConsoleLog());
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.INFO);
        // It has a line of INFO for each frame of a stream that was reset: clients must not fill our log.
        NETTY.setLevel(Level.WARNING);
    }

    @Override
    public String format(LogRecord record) {
        StringWriter text = new StringWriter();
        PrintWriter line = new PrintWriter(text);
        line.print(TIME.format(record.getInstant()));
        line.print(' ');
        line.print(level(record.getLevel()));
        line.print(' ');
        line.print(shortName(record.getLoggerName()));
        line.print(' ');
        // What comes from outside must not look like lines of its own.
        line.print(formatMessage(record).replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", " "));
        line.println();
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(line);
        }
        return text.toString();
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARN ";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO " : "DEBUG";
    }

    private static String shortName(String logger) {
        return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
    }
}
