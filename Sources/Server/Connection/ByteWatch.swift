import NIOCore

/// Tells a connection's guard that bytes have come, before anything is made of them.
final class ByteWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: RequestGuard

  init(_ connection: RequestGuard) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.bytesCame(unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }
}
