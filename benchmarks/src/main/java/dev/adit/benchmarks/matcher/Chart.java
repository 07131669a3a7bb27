package dev.adit.benchmarks.matcher;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Nanoseconds over the number of rules, both logarithmic, for many hosts and unpredictable requests.
 *
 * <pre>
 *  100 000 |          .-- Spring
 *          |      .--'
 *   1 000  |  .--'    .-- Undertow
 *          | ------------ Adit
 *      10  +-------------
 *           10   ...   1 000 000
 * </pre>
 */
final class Chart {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;
    private static final int LEFT = 70;
    private static final int RIGHT = 190;
    private static final int TOP = 30;
    private static final int BOTTOM = 50;
    private static final int DECADES_OF_RULES = 5;
    private static final int DECADES_OF_NANOS = 5;
    /** Told apart by the colour-blind, too. */
    private static final String[] COLOURS = {
        "#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#999999", "#56b4e9"
    };

    private final List<Report.Row> rows;
    private final StringBuilder svg = new StringBuilder();

    Chart(List<Report.Row> rows) {
        int most = rows.stream().mapToInt(Report.Row::requests).max().orElse(0);
        this.rows = rows.stream()
                .filter(row -> row.shape() == Shape.HOSTS && row.requests() == most && row.is("find"))
                .sorted(Comparator.comparingInt(Report.Row::rules))
                .toList();
    }

    String svg() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, HEIGHT);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
        add("<text x=\"%d\" y=\"18\">nanoseconds per look-up of host and path</text>", LEFT);
        for (int decade = 1; decade <= 1 + DECADES_OF_NANOS; decade++) {
            double y = y(Math.pow(10, decade));
            add("<path d=\"M%d %.1fH%d\" stroke=\"#dddddd\"/>", LEFT, y, WIDTH - RIGHT);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f</text>", LEFT - 8, y + 4, Math.pow(10, decade));
        }
        for (int decade = 1; decade <= 1 + DECADES_OF_RULES; decade++) {
            double x = x(Math.pow(10, decade));
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,.0f</text>",
                    x, HEIGHT - BOTTOM + 20, Math.pow(10, decade));
        }
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">rules</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
        for (Contenders contender : Contenders.values()) {
            line(contender);
        }
        return svg.append("</svg>\n").toString();
    }

    private void line(Contenders contender) {
        StringBuilder points = new StringBuilder();
        double lastX = 0;
        double lastY = 0;
        for (Report.Row row : rows) {
            if (row.contender() == contender) {
                lastX = x(row.rules());
                lastY = y(row.nanos());
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", lastX, lastY));
            }
        }
        if (points.length() > 0) {
            String colour = COLOURS[contender.ordinal()];
            int width = contender == Contenders.ADIT ? 4 : 2;
            add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%d\"/>", points, colour, width);
            add("<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>", lastX + 8, lastY + 4, colour, contender.label);
        }
    }

    private static double x(double rules) {
        return LEFT + (Math.log10(rules) - 1) / DECADES_OF_RULES * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double nanos) {
        return HEIGHT - BOTTOM - (Math.log10(nanos) - 1) / DECADES_OF_NANOS * (HEIGHT - TOP - BOTTOM);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
