package dev.adit.jetty;

import org.eclipse.jetty.client.ProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;

/** Hands interim answers (1xx but 101) to the attempt they came to, and makes Jetty's client wait for the next answer. */
final class InterimResponses implements ProtocolHandler {
    @Override
    public String getName() {
        return "interim";
    }

    @Override
    public boolean accept(Request request, Response response) {
        return HttpStatus.isInterim(response.getStatus());
    }

    @Override
    public Response.Listener getResponseListener() {
        return new Response.Listener() {
            @Override
            public void onSuccess(Response response) {
                UpstreamRequest request = (UpstreamRequest) response.getRequest();
                HttpExchange exchange = lastExchange(request);
                UpstreamResponseHead head =
                        new UpstreamResponseHead(response.getStatus(), HttpFields.build(response.getHeaders()));
                exchange.resetResponse();
                request.interim(head);
            }

            @Override
            public void onFailure(Response response, Throwable failure) {
                UpstreamRequest request = (UpstreamRequest) response.getRequest();
                HttpExchange exchange = lastExchange(request);
                exchange.getResponseListeners()
                        .emitFailureComplete(new Result(request, exchange.getRequestFailure(), response, failure));
            }

            /** What this listener stood in for is listening again afterwards. */
            private static HttpExchange lastExchange(UpstreamRequest request) {
                HttpConversation conversation = request.getConversation();
                conversation.updateResponseListeners(null);
                return conversation.getExchanges().getLast();
            }
        };
    }
}
