package dev.adit;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.route.RouteTable;
import java.time.Instant;
import java.util.List;

/**
 * What an update made.
 *
 * @param table the table that serves now
 * @param diagnostics what the compiler had to say about the resources
 * @param served {@code namespace/name} of the Ingresses that are served, oldest first: those whose status may be published
 * @param until when the same resources would make something else, because certificates, authorities, lists of revoked certificates or OCSP
 *     responses begin or end to be good, or end soon: {@link Gateway#recheck} is due then; {@link Instant#MAX} for never
 */
public record Compilation(RouteTable table, List<Diagnostic> diagnostics, List<String> served, Instant until) {}
