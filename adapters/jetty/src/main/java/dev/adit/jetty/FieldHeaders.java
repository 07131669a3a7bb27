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
    /** The field that a visitor is being shown. */
    private @Nullable HttpField shown;

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
            shown = field;
            visitor.field(field.getName(), value(field));
        }
        shown = null;
    }

    /** The field that is shown just now if it is this one, so that it is passed on as it is; else a new one. */
    @SuppressWarnings("ReferenceEquality")
    HttpField field(CharSequence name, CharSequence value) {
        HttpField same = shown;
        if (same != null && same.getName() == name && same.getValue() == value) {
            return same;
        }
        return new HttpField(name.toString(), value.toString());
    }

    /** Those of {@code trailers} that may pass; empty for null. */
    static HttpFields passing(@Nullable HttpFields trailers) {
        if (trailers == null) {
            return HttpFields.EMPTY;
        }
        HttpFields.Mutable passing = HttpFields.build(trailers.size());
        for (HttpField trailer : trailers) {
            if (Trailers.mayPass(trailer.getName())) {
                passing.add(trailer);
            }
        }
        return passing;
    }

    private static String value(HttpField field) {
        String value = field.getValue();
        return value == null ? "" : value;
    }
}
