// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

/**
 * Takes one connection's requests apart, one after another: those with a small body are given to a
 * worker when they are complete, a tar while it comes in. The next request is read when the last
 * was answered. Network thread only, but for what {@link PluginCall} does.
 */
final class PluginHandler extends SimpleChannelInboundHandler<HttpObject> {
  private final PluginWork work;

  private QueryStringDecoder target;
  private ByteArrayOutputStream collected;
  private BodyStream body;
  private PluginCall call;

  PluginHandler(PluginWork work) {
    this.work = work;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "request is no HTTP");
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(context, request);
    }
    if (message instanceof HttpContent content) {
      take(context, content.content());
      if (message instanceof LastHttpContent) {
        complete(context);
      }
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    if (!request.method().equals(HttpMethod.POST)) {
      refuse(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "calls of plugins are POST");
      return;
    }
    target = new QueryStringDecoder(request.uri());
    call = new PluginCall(context.channel(), target.path());
    if (target.path().equals(GraphdriverProtocol.APPLY_DIFF)) {
      body = new BodyStream(context.channel());
      work.applyDiff(call, target.parameters(), body);
    } else {
      collected = new ByteArrayOutputStream();
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf piece) {
    if (body != null) {
      body.add(piece.retain());
    } else if (collected != null) {
      if (collected.size() + piece.readableBytes() > GraphdriverProtocol.JSON_BYTES_MAX) {
        refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "request is too long");
        return;
      }
      collected.writeBytes(ByteBufUtil.getBytes(piece));
    }
  }

  private void complete(ChannelHandlerContext context) {
    if (body != null) {
      body.complete();
      body = null;
    } else if (collected != null) {
      context.channel().config().setAutoRead(false);
      work.answer(call, collected.toString(StandardCharsets.UTF_8));
      collected = null;
    }
  }

  /** After a request that cannot be understood, nothing on this connection can be. */
  private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
    context.channel().config().setAutoRead(false);
    collected = null;
    body = null;
    new PluginCall(context.channel(), "").refuseAndClose(status, why);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    look();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (body != null) {
      body.fail(new ClosedChannelException());
    }
    look();
  }

  private void look() {
    if (call != null) {
      call.reply().look();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (body != null) {
      body.fail(new IOException(cause));
    }
    context.close();
  }
}
