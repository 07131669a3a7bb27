package dev.adit;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.route.RouteTable;
import java.util.List;

/**
 * What an update made.
 *
 * @param table the table that serves now
 * @param diagnostics what the compiler had to say about the resources
 */
public record Compilation(RouteTable table, List<Diagnostic> diagnostics) {}
