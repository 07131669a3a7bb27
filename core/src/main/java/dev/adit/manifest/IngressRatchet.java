package dev.adit.manifest;

/**
 * What an update of an Ingress may keep because the old one had it: rules that became stricter do not lock in objects
 * from before.
 *
 * @param secretName whether names of Secrets may be invalid
 * @param wildcardRule whether rules under wildcard hosts may be invalid
 * @param relaxedServiceName whether names of Services may begin with a digit
 */
record IngressRatchet(boolean secretName, boolean wildcardRule, boolean relaxedServiceName) {
    /** Nothing invalid may stay. */
    static final IngressRatchet NONE = new IngressRatchet(false, false, false);

    /** What the old object allows. */
    static IngressRatchet of(Fields old) {
        Fields spec = old.objectOrEmpty("spec");
        boolean secretName = spec.objects("tls").stream()
                .map(tls -> tls.text("secretName"))
                .anyMatch(name -> !name.isEmpty() && Names.subdomain(name) != null);
        boolean wildcardRule = spec.objects("rules").stream()
                .anyMatch(rule -> rule.text("host").indexOf('*') >= 0 && isInvalid(rule));
        return new IngressRatchet(secretName, wildcardRule, hasRelaxedServiceName(spec));
    }

    private static boolean isInvalid(Fields rule) {
        Fields http = rule.object("http");
        if (http == null) {
            return false;
        }
        IngressPathDecoder decoder = new IngressPathDecoder(rule.findings(), false);
        int mark = rule.findings().mark();
        http.objects("paths").forEach(decoder::path);
        return http.objects("paths").isEmpty() || rule.findings().brokenSince(mark);
    }

    private static boolean hasRelaxedServiceName(Fields spec) {
        boolean inDefault = isRelaxedServiceName(spec.objectOrEmpty("defaultBackend"));
        return inDefault
                || spec.objects("rules").stream()
                        .flatMap(rule -> rule.objectOrEmpty("http").objects("paths").stream())
                        .anyMatch(path -> isRelaxedServiceName(path.objectOrEmpty("backend")));
    }

    private static boolean isRelaxedServiceName(Fields backend) {
        String name = backend.objectOrEmpty("service").text("name");
        return !name.isEmpty() && Names.label(name) == null && Names.letterFirstLabel(name) != null;
    }
}
