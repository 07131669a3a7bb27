package dev.adit.manifest;

/** A reference to an object of any kind, as backends and classes have it. Absent texts are empty. */
record TypedReference(String apiGroup, String kind, String name) {
    /** The checked reference of these fields. */
    static TypedReference of(Fields fields) {
        String group = fields.textOrNull("apiGroup");
        if (group != null) {
            fields.check("apiGroup", group, Names.subdomain(group));
        }
        return new TypedReference(group == null ? "" : group, segment(fields, "kind"), segment(fields, "name"));
    }

    private static String segment(Fields fields, String field) {
        String text = fields.text(field);
        if (text.isEmpty()) {
            fields.required(field, "A reference to an object needs its " + field + ".");
        } else {
            fields.check(field, text, Names.pathSegment(text));
        }
        return text;
    }
}
