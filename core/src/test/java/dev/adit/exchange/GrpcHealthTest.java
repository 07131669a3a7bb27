package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcHealthTest {
    private static ConsultAnswer answer(int status, byte[] body, String inHead, String inTrailers) {
        return new ConsultAnswer(status, fields(status, inHead), body, fields(200, inTrailers));
    }

    private static Headers fields(int status, String grpcStatus) {
        return grpcStatus.isEmpty()
                ? ArrayHead.response(status)
                : ArrayHead.response(status, "grpc-status", grpcStatus);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void theRequestNamesAService() {
        assertThat(bytes(GrpcHealth.request(""))).isEqualTo(hex("00 00000000"));
        assertThat(bytes(GrpcHealth.request("a.B"))).isEqualTo(hex("00 00000005 0a03 612e42"));
        assertThat(GrpcHealth.request("s".repeat(127)).get(6)).isEqualTo((byte) 127);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00 00000002 0801                   | serving",
                "00 00000000                        | unknown",
                "00 00000002 0800                   | unknown",
                "00 00000002 0802                   | not serving",
                "00 00000002 0803                   | unknown service",
                "00 00000002 0804                   | an unknown status of health",
                "00 00000003 088102                 | an unknown status of health",
                "00 00000003 088100                 | serving",
                "00 00000004 0802 0801              | serving",
                "00 00000004 0801 0802              | not serving",
                "00 00000006 1202 6162 0801         | serving",
                "00 0000000b 090102030405060708 0801| serving",
                "00 00000007 0d01020304 0801        | serving",
                "00 00000004 1005 0801              | serving",
                "01 00000002 0801                   | no message",
                "00 00000003 0801                   | no message",
                "00 00000001 0801                   | no message",
                "00 000000                          | no message",
                "00 00000001 08                     | no message",
                "00 00000004 1205 6162              | no message",
                "00 00000002 0b01                   | no message",
                "00 0000000b 08ffffffffffffffffff01 | no message",
                "00 00000006 12ffffffff0f           | no message",
            })
    void theMessageIsRead(String body, String expected) {
        assertThat(GrpcHealth.read(answer(200, hex(body), "", "0"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "200, '', 0, serving",
        "200, 0, '', serving",
        "200, 0, 14, grpc-status 14",
        "200, '', 5, grpc-status 5",
        "200, 12, '', grpc-status 12",
        "200, '', '', no grpc-status",
        "200, '', '-1', no grpc-status",
        "200, '', '0 ', no grpc-status",
        "503, '', 0, status 503",
        "204, 0, '', status 204",
    })
    void everyStatusCounts(int status, String inHead, String inTrailers, String expected) {
        assertThat(GrpcHealth.read(answer(status, hex("00 00000002 0801"), inHead, inTrailers)))
                .isEqualTo(expected);
    }

    @Property(tries = 200)
    void noBytesBreakIt(@ForAll @Size(max = 40) byte[] message) {
        byte[] body = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        assertThat(GrpcHealth.read(answer(200, body, "", "0"))).isNotEmpty();
    }
}
