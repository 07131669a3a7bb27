package dev.adit.tck;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One run of the judge over one transport. Not thread-safe. */
final class Session {
    /** The beginning of the names of the judge's own threads. */
    static final String THREAD = "tck-";

    /** For cases that are expected to fail, and may do so by waiting. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(2);

    private final Subject.Starter starter;
    private final Conformance conformance;
    private final Leftovers leftovers = new Leftovers();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, THREAD + "wire");
        thread.setDaemon(true);
        return thread;
    });
    private final Neighbour neighbour;
    private final Map<List<Object>, Subject> subjects = new LinkedHashMap<>();

    Session(Subject.Starter starter, Set<Capability> lacks, Collection<Case> cases) throws IOException {
        this.starter = starter;
        this.neighbour = new Neighbour(threads);
        this.conformance = new Conformance(cases, lacks);
    }

    /** Tries one case; fails if it does, unless that is a declared gap. */
    void judge(Case one) throws Exception {
        if (conformance.lacking(one).isEmpty()) {
            run(one, Moment.PATIENCE);
            conformance.passed(one);
        } else if (conformance.isKnownGap(one)) {
            conformance.gap(one);
        } else {
            tryGap(one);
        }
    }

    private void tryGap(Case one) throws Exception {
        try {
            run(one, SHORT_PATIENCE);
        } catch (AssertionError e) {
            System.getLogger(Session.class.getName()).log(System.Logger.Level.DEBUG, "a declared gap", e);
            conformance.failed(one);
            return;
        }
        conformance.passed(one);
    }

    private void run(Case one, Duration patience) throws Exception {
        List<Object> key = List.of(one.settings(), one.limits(), one.policies());
        Subject subject = subjects.get(key);
        if (subject == null) {
            subject = new Subject(starter, one.settings(), one.limits(), one.policies());
            subjects.put(key, subject);
        }
        boolean reusable = false;
        try (Script script = new Script(one, subject, neighbour, new Moment(patience), threads)) {
            script.play(one);
            reusable = !script.hasClosedTransport();
        } finally {
            if (!reusable) {
                // What a failed case left behind must not be held against the next one.
                subjects.remove(key);
                subject.close();
            }
        }
    }

    /** Closes every transport, and fails if one leaves anything. */
    void closeAll() throws Exception {
        for (Subject subject : List.copyOf(subjects.values())) {
            subjects.values().remove(subject);
            subject.closeWithIdleConnections(threads);
        }
        neighbour.close();
        leftovers.check();
    }

    void checkDeclared() {
        Set<Capability> wrong = conformance.falselyLacking();
        if (!wrong.isEmpty()) {
            throw new AssertionError("declared as lacking, but every case of it passes: " + wrong);
        }
    }

    String table() {
        return conformance.table();
    }

    /** Ends the run, however far it came. */
    void end() {
        try {
            neighbour.close();
            for (Subject subject : subjects.values()) {
                subject.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("cannot be closed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
