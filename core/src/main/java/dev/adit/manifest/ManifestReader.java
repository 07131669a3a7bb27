package dev.adit.manifest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads manifests: YAML or JSON, several documents, {@code List} objects. Never throws for its input; says what is
 * wrong, and what is wrong with one document or object costs no other. Immutable and safe for use by several threads.
 *
 * <p>Accepted are at most 2 MiB a document, 16 MiB a file and 256 MiB a call; more is reported and not read.
 */
public final class ManifestReader {
    private static final ManifestReader STRICT = new ManifestReader(false);
    private static final ManifestReader LENIENT = new ManifestReader(true);

    private final boolean lenient;

    private ManifestReader(boolean lenient) {
        this.lenient = lenient;
    }

    /** For files: an object that the API server would refuse is left out (but for loopback endpoints) and reported. */
    public static ManifestReader strict() {
        return STRICT;
    }

    /** For objects of a cluster: what cannot be used is left out path by path and reported. */
    public static ManifestReader lenient() {
        return LENIENT;
    }

    /**
     * Reads files, and the {@code .yaml}, {@code .yml} and {@code .json} files below directories, in the order of names.
     * Hidden files and folders are passed over; links are followed.
     */
    public Manifests read(List<Path> paths) {
        ObjectDecoder decoder = new ObjectDecoder(lenient, Map.of());
        ManifestFiles files = new ManifestFiles(decoder::report);
        for (Path file : files.find(paths)) {
            byte[] content = files.content(file);
            if (content != null) {
                decode(file.toString(), content, decoder);
            }
        }
        return finish(decoder);
    }

    /**
     * Reads one file's content.
     *
     * @param source the name of the content in positions
     */
    public Manifests read(String source, byte[] content) {
        ObjectDecoder decoder = new ObjectDecoder(lenient, Map.of());
        decode(source, content, decoder);
        return finish(decoder);
    }

    /**
     * Reads text.
     *
     * @param source the name of the content in positions
     */
    public Manifests read(String source, String content) {
        return read(source, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads text as an update of the objects in {@code old}: fields that cannot change must not, and some of what is
     * invalid may stay if it was there before, as on an API server. Objects that {@code old} lacks are created.
     *
     * @param source the name of the content in positions
     * @param old the objects as they were; what is wrong with them is not reported
     */
    public Manifests readUpdate(String source, String content, String old) {
        List<Value> documents = new ArrayList<>();
        new ContentParser("", documents::add, diagnostic -> {}).parse(old.getBytes(StandardCharsets.UTF_8));
        ObjectDecoder decoder = new ObjectDecoder(lenient, ObjectDecoder.index(documents));
        decode(source, content.getBytes(StandardCharsets.UTF_8), decoder);
        return finish(decoder);
    }

    private static void decode(String source, byte[] content, ObjectDecoder decoder) {
        new ContentParser(source, decoder::decode, decoder::report).parse(content);
    }

    private static Manifests finish(ObjectDecoder decoder) {
        Map<ObjectKey, Resource> seen = new HashMap<>();
        for (Resource resource : decoder.resources()) {
            Resource before = seen.put(resource.key(), resource);
            if (before != null) {
                decoder.report(Manifests.writtenAgain(before, resource));
            }
        }
        return decoder.manifests();
    }
}
