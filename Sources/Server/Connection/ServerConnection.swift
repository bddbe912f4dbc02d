import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Sets a connection up: the guard around the reader of HTTP, then Hummingbird's loop of requests.
struct ServerConnection: ServerChildChannel, HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let limits: ServerLimits
  let identity: TLSIdentity?
  let report: @Sendable (RefusedConnection) -> Void
  let responder: HTTPChannelHandler.Responder

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let connection = RequestGuard(limits, report: report)
      if let identity { try pipeline.addHandler(identity.makeHandler()) }
      try pipeline.addHandler(ByteWatch(connection))
      var decoding = NIOHTTPDecoderLimitConfiguration()
      decoding.maxHeaderFieldSize = limits.longestField
      decoding.maxHeaderListSize = limits.longestHead
      decoding.maxHeaderFieldCount = limits.mostFields
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
      try pipeline.addHandler(connection)
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: identity != nil))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}
