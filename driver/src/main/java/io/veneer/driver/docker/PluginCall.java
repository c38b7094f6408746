// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import com.google.gson.JsonObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One request, and the ways to answer it. Any thread, one at a time; answered once. */
final class PluginCall {
  private final Channel channel;
  private final String path;
  private final ReplyStream reply;

  PluginCall(Channel channel, String path) {
    this.channel = channel;
    this.path = path;
    this.reply = new ReplyStream(channel);
  }

  String path() {
    return path;
  }

  /** The answer, for those calls that answer a tar. */
  ReplyStream reply() {
    return reply;
  }

  void finishTar() throws IOException {
    reply.finish();
    channel.config().setAutoRead(true);
  }

  /** Half an answer is no answer: the client sees it end in the middle. */
  void breakOff() {
    channel.close();
  }

  void answer(HttpResponseStatus status, JsonObject json) {
    channel.writeAndFlush(response(status, json));
    channel.config().setAutoRead(true);
  }

  void refuseAndClose(HttpResponseStatus status, String why) {
    FullHttpResponse response = response(status, GraphdriverService.error(why));
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static FullHttpResponse response(HttpResponseStatus status, JsonObject json) {
    ByteBuf content = Unpooled.wrappedBuffer((json + "\n").getBytes(StandardCharsets.UTF_8));
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, GraphdriverProtocol.MEDIA_TYPE);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
    return response;
  }
}
