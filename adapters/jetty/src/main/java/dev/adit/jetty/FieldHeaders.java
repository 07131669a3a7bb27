package dev.adit.jetty;

import dev.adit.exchange.Headers;
import dev.adit.exchange.Trailers;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Jetty's fields as core reads them. */
final class FieldHeaders implements Headers {
    private final HttpFields fields;

    FieldHeaders(HttpFields fields) {
        this.fields = fields;
    }

    @Override
    public @Nullable String get(String name) {
        HttpField field = fields.getField(name);
        return field == null ? null : value(field);
    }

    @Override
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(2);
        for (HttpField field : fields) {
            if (field.is(name)) {
                values.add(value(field));
            }
        }
        return values;
    }

    @Override
    public int count(String name) {
        int count = 0;
        for (HttpField field : fields) {
            if (field.is(name)) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void forEach(Visitor visitor) {
        for (HttpField field : fields) {
            visitor.field(field.getName(), value(field));
        }
    }

    /** Those of {@code trailers} that may pass; empty for null. */
    static HttpFields passing(@Nullable Headers trailers) {
        HttpFields.Mutable passing = HttpFields.build();
        if (trailers != null) {
            trailers.forEach((name, value) -> {
                if (Trailers.mayPass(name)) {
                    passing.add(name.toString(), value.toString());
                }
            });
        }
        return passing;
    }

    private static String value(HttpField field) {
        String value = field.getValue();
        return value == null ? "" : value;
    }
}
