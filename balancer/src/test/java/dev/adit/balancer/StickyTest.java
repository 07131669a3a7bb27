package dev.adit.balancer;

import static dev.adit.balancer.Workbench.ask;
import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.Workbench.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StickyTest {
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final Workbench bench = Workbench.withoutChance();
    private final SessionTokens tokens = new SessionTokens(KEY);

    private Pool pool(List<Member> members) {
        return bench.balancer.pool(
                PoolSettings.of(new BalancePolicy.Sticky(tokens)).with(OutlierDetection.DEFAULT), members);
    }

    /** Begins so many sessions as a gateway does. */
    private List<SessionToken> sessions(Pool pool, int count) {
        List<SessionToken> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Endpoint chosen = Objects.requireNonNull(ask(pool, PickKey.ANY));
            sessions.add(new SessionToken(Hash.mix(i), tokens.name(chosen)));
        }
        return sessions;
    }

    private Map<SessionToken, Endpoint> homes(Pool pool, List<SessionToken> sessions) {
        Map<SessionToken, Endpoint> homes = new HashMap<>();
        sessions.forEach(s -> homes.put(s, ask(pool, Key.session(s))));
        return homes;
    }

    @Test
    void noSessionMovesWhenEndpointsComeAndOnlyThoseOfTheLostWhenTheyGo() {
        Pool pool = pool(members(20));
        List<SessionToken> sessions = sessions(pool, 2_000);
        Map<SessionToken, Endpoint> before = homes(pool, sessions);
        pool.updateMembers(members(35));
        assertThat(homes(pool, sessions)).isEqualTo(before);
        pool.updateMembers(members(19));
        Map<Endpoint, Integer> movedTo = new HashMap<>();
        homes(pool, sessions).forEach((session, home) -> {
            if (Objects.equals(before.get(session), endpoint(20))) {
                movedTo.merge(home, 1, Integer::sum);
            } else {
                assertThat(home).isEqualTo(before.get(session));
            }
        });
        assertThat(movedTo).as("the lost endpoint's sessions go to all others").hasSizeGreaterThan(15);
    }

    @Test
    void aDrainingEndpointKeepsItsSessionsAndGetsNoNewOnes() {
        Pool pool = pool(members(3));
        List<SessionToken> sessions = sessions(pool, 30);
        Map<SessionToken, Endpoint> before = homes(pool, sessions);
        List<Member> draining = new ArrayList<>(members(3));
        draining.set(1, draining.get(1).withDraining(true));
        pool.updateMembers(draining);
        assertThat(homes(pool, sessions)).isEqualTo(before);
        assertThat(Workbench.counts(pool, 3, 20)).containsExactly(10, 0, 10);
        assertThat(pool.view().members().get(1).state()).isEqualTo(PoolView.State.DRAINING);
        draining.replaceAll(m -> m.withDraining(true));
        pool.updateMembers(draining);
        assertThat(Workbench.counts(pool, 3, 30)).as("if all drain, all serve").containsOnly(10);
    }

    @Test
    void anEjectedEndpointLendsItsSessionsAndGetsThemBack() {
        Pool pool = pool(members(4));
        SessionToken session = new SessionToken(7, tokens.name(endpoint(2)));
        for (int i = 0; i < 5; i++) {
            assertThat(ask(pool, Key.session(session), LeaseOutcome.FAILED)).isEqualTo(endpoint(2));
        }
        Endpoint lent = ask(pool, Key.session(session));
        assertThat(lent).isNotNull().isNotEqualTo(endpoint(2));
        assertThat(ask(pool, Key.session(session))).isEqualTo(lent);
        bench.passMillis(10_000);
        assertThat(ask(pool, Key.session(session))).isEqualTo(endpoint(2));
    }

    @Test
    void anotherPodAtTheAddressIsNotTheEndpointOfTheSession() {
        Endpoint before = new Endpoint("10.0.0.9", 80, "uid-1");
        Endpoint after = new Endpoint("10.0.0.9", 80, "uid-2");
        assertThat(tokens.name(before)).isNotEqualTo(tokens.name(after));
        List<Member> others = new ArrayList<>(members(2));
        others.add(Member.of(after));
        Pool pool = pool(others);
        int met = 0;
        for (int i = 0; i < 30; i++) {
            met += after.equals(ask(pool, Key.session(new SessionToken(i, tokens.name(before))))) ? 1 : 0;
        }
        assertThat(met).as("sessions that a hash, and not a name, sends there").isBetween(1, 20);
    }

    @Property(tries = 200)
    void aTokenIsReadAsItWasWritten(@ForAll long session, @ForAll long endpoint) {
        SessionToken token = new SessionToken(session, endpoint);
        String text = tokens.write(token);
        assertThat(text).hasSize(SessionTokens.LENGTH).matches("[A-Za-z0-9_-]+");
        assertThat(tokens.read(text)).isEqualTo(token);
        assertThat(new SessionTokens(KEY).read(text)).as("at a replica").isEqualTo(token);
        byte[] other = KEY.clone();
        other[3]++;
        assertThat(new SessionTokens(other).read(text)).as("with another key").isNull();
    }

    @Property(tries = 200)
    void whatWasAlteredIsNoToken(
            @ForAll long session,
            @ForAll @IntRange(max = SessionTokens.LENGTH - 1) int at,
            @ForAll @IntRange(max = 0xFFFF) int with) {
        StringBuilder text = new StringBuilder(tokens.write(new SessionToken(session, ~session)));
        char before = text.charAt(at);
        text.setCharAt(at, (char) with);
        assertThat(tokens.read(text) == null).isEqualTo(before != with);
    }

    @Property(tries = 100)
    void anyTextIsReadWithoutHarm(@ForAll @Size(max = 40) String text) {
        assertThat(tokens.read(text)).isNull();
    }

    @Test
    void keysAndNamesStaySecret() {
        assertThat(tokens.toString()).isEqualTo("SessionTokens");
        assertThatThrownBy(() -> new SessionTokens(new byte[8])).isInstanceOf(IllegalArgumentException.class);
        String text = tokens.write(new SessionToken(1, tokens.name(endpoint(1))));
        assertThat(text).doesNotContain("10.0.0.1");
    }

    /** From the reference implementation's table for the key 00 01 .. 0f and the messages 00 01 .. of every length. */
    @Test
    void sipHashIsAsPublished() {
        SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(hash.of(counting(0))).isEqualTo(0x726fdb47dd0e0e31L);
        assertThat(hash.of(counting(15))).isEqualTo(0xa129ca6149be45e5L);
        assertThat(hash.of(counting(16))).isEqualTo(hash.of(0x0706050403020100L, 0x0f0e0d0c0b0a0908L));
    }

    private static byte[] counting(int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) i;
        }
        return octets;
    }
}
