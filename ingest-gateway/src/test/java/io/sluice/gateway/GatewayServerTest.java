package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Test;

class GatewayServerTest {

  @Test
  void vanishedHostsAreLookedForOnQuietConnections() {
    Channel channel = Epoll.isAvailable() ? new EpollSocketChannel() : new NioSocketChannel();
    try {
      GatewayServer.noticeDeath(channel);

      assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      if (Epoll.isAvailable()) {
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(60);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(15);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(4);
      }
    } finally {
      channel.unsafe().closeForcibly();
    }
  }
}
