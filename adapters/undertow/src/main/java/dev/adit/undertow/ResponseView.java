package dev.adit.undertow;

import dev.adit.exchange.Headers;
import dev.adit.exchange.ResponseHead;
import io.undertow.client.ClientResponse;

/** An upstream's answer as Undertow's client read it. */
record ResponseView(int status, Headers headers) implements ResponseHead {
    ResponseView(ClientResponse response) {
        this(response.getResponseCode(), new HeaderView(response.getResponseHeaders()));
    }
}
