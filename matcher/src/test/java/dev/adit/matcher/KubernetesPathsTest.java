package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tables of the Kubernetes documentation (Ingress: path types, multiple matches, hostname wildcards) and corners around them. A rule is
 * written as kind and path, {@code =} for EXACT and {@code ^} for PREFIX, and is its own value.
 */
class KubernetesPathsTest {
    @ParameterizedTest(name = "[{0}] {1} -> {2}")
    @CsvSource(nullValues = "none", textBlock = """
            # rules,                   request,        winner
            # the documentation's rows
            ^/,                        /,              ^/
            ^/,                        /any/path/,     ^/
            =/foo,                     /foo,           =/foo
            =/foo,                     /bar,           none
            =/foo,                     /foo/,          none
            =/foo/,                    /foo,           none
            =/foo/,                    /foo/,          =/foo/
            ^/foo,                     /foo,           ^/foo
            ^/foo,                     /foo/,          ^/foo
            ^/foo/,                    /foo,           ^/foo/
            ^/foo/,                    /foo/,          ^/foo/
            ^/aaa/bb,                  /aaa/bbb,       none
            ^/aaa/bbb,                 /aaa/bbb,       ^/aaa/bbb
            ^/aaa/bbb/,                /aaa/bbb,       ^/aaa/bbb/
            ^/aaa/bbb,                 /aaa/bbb/,      ^/aaa/bbb
            ^/aaa/bbb,                 /aaa/bbb/ccc,   ^/aaa/bbb
            ^/aaa/bbb,                 /aaa/bbbxyz,    none
            ^/ ^/aaa,                  /aaa/ccc,       ^/aaa
            ^/ ^/aaa ^/aaa/bbb,        /aaa/bbb,       ^/aaa/bbb
            ^/ ^/aaa ^/aaa/bbb,        /ccc,           ^/
            ^/aaa,                     /ccc,           none
            ^/foo =/foo,               /foo,           =/foo
            ^/foo/bar,                 /foo/barbaz,    none
            ^/foo/bar,                 /foo/bar/baz,   ^/foo/bar
            # two spellings of one prefix: the longer one everywhere
            ^/foo ^/foo/,              /foo,           ^/foo/
            ^/foo ^/foo/,              /foo/,          ^/foo/
            ^/foo ^/foo/,              /foo/x,         ^/foo/
            # exact equals the whole path, so it goes before a longer text
            =/foo ^/foo/,              /foo,           =/foo
            =/foo ^/foo/,              /foo/,          ^/foo/
            =/foo =/foo/ ^/foo,        /foo/,          =/foo/
            =/foo =/foo/ ^/foo,        /foo/x,         ^/foo
            # case, dots and half elements
            ^/Foo,                     /foo,           none
            ^/...,                     /aaa,           none
            ^/...,                     /.../,          ^/...
            ^/v2 ^/,                   /v2example,     ^/
            ^/v2 ^/,                   /foo/v2,        ^/
            # elements that split, end and resume
            ^/l1 ^/l1/l2/l3,           /l1/l2,         ^/l1
            ^/l1 ^/l1/l2/l3,           /l1/l2/l3,      ^/l1/l2/l3
            ^/l1 ^/l1/l2/l3,           /l1/l2/x/l3,    ^/l1
            ^/l1 ^/l1/l2/l3,           /l1/l1/l2/l3,   ^/l1
            ^/l1/l2x =/l1/l2-,         /l1/l2-/a,      none
            ^/l1/l2 =/l1/l2/l3,        /l1/l2/l3,      =/l1/l2/l3
            ^/l1/l2 =/l1/l2/l3,        /l1/l2/l3/,     ^/l1/l2
            ^/l1/l2/l3,                /l1/l2,         none
            # empty elements do not count
            ^/foo//bar,                /foo/bar,       ^/foo//bar
            ^/foo/bar,                 //foo//bar,     ^/foo/bar
            =/foo/bar,                 /foo//bar,      none
            ^/foo//// ^/foo/b,         /foo/b,         ^/foo////
            """)
    void choosesAsDocumented(String rules, String path, String winner) {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        Stream.of(rules.split(" "))
                .forEach(rule -> builder.add(
                        "", rule.charAt(0) == '=' ? PathKind.EXACT : PathKind.PREFIX, rule.substring(1), rule));
        assertThat(builder.build().find("", path)).isEqualTo(winner);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(nullValues = "none", textBlock = """
            # host,                       group
            foo.bar.com,                  foo.bar.com
            bar.foo.com,                  *.foo.com
            x-1.foo.com,                  *.foo.com
            exact.foo.com,                exact.foo.com
            baz.bar.foo.com,              none
            foo.com,                      *.com
            other.com,                    *.com
            com,                          none
            barfoo.com,                   *.com
            bar.foo.com.evil.example,     none
            .foo.com,                     none
            '',                           none
            """)
    void oneHostGroupServes(String host, String group) {
        HostMap.Builder<String> builder = HostMap.builder();
        for (String pattern : new String[] {"foo.bar.com", "*.foo.com", "exact.foo.com", "*.com"}) {
            builder.put(pattern, "value of " + pattern);
        }
        HostMap<String> hosts = builder.build();
        assertThat(hosts.pattern(host)).isEqualTo(group);
        assertThat(hosts.find(host)).isEqualTo(group == null ? null : "value of " + group);
        HostMap<String> withRest = hosts.toBuilder().put("", "rest").build();
        assertThat(withRest.find(host)).isEqualTo(group == null ? "rest" : "value of " + group);
    }
}
