import NIOCore
import NIOHTTP1

/// Keeps a connection within its bounds of time, and requests to one meaning.
///
/// It stands between the reader of HTTP and those that answer, on the connection's event loop. Times run from what a client has
/// to bring to an end, not from its last byte, so that dripping bytes win nothing.
final class RequestGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// What of a request is awaited.
  private enum Reading { case between, head, body }

  let presence = ClientPresence()
  private let limits: ServerLimits
  private let report: @Sendable (RefusedConnection) -> Void
  private var context: ChannelHandlerContext?
  private var reading = Reading.between
  private var bodyStart = NIODeadline.uptimeNanoseconds(0)
  private var bodyBytes = 0
  /// Bytes of the body itself, without what stands around its chunks.
  private var contentBytes = 0
  /// How many bytes may stand around chunks, and how many more for each byte in them: a chunk of one byte has five around it.
  private static let mostFraming = 1 << 20
  private static let mostFramingOfContent = 16
  /// Requests that have begun to be handled and are not answered to their end.
  private var unanswered = 0
  private var answerBegan = false
  private var answerBytes = 0
  private var answerStart = NIODeadline.uptimeNanoseconds(0)
  /// Answers that are written and not yet taken by the client.
  private var unsent = 0
  /// An answer is on its way.
  private var isSending: Bool { answerBegan || unsent > 0 }
  /// The answer that is written, or the next, is the last one.
  private var isLast = false
  /// The last answer has been written: what comes is thrown away, up to a bound.
  private var isOver = false
  private var thrownAway = 0
  private var deadline: NIODeadline?
  private var timer: Scheduled<Void>?
  private var timed: NIODeadline?

  init(_ limits: ServerLimits, report: @escaping @Sendable (RefusedConnection) -> Void) {
    self.limits = limits
    self.report = report
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    set(.now() + limits.idleTime)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    self.context = nil
    presence.end()
  }

  // MARK: What comes

  /// Bytes have come that nobody has read yet.
  func bytesCame(_ count: Int) {
    if isOver {
      thrownAway += count
      if thrownAway > Self.mostThrownAway { close() }
    } else if reading == .between {
      reading = .head
      if unanswered == 0, !isSending { set(.now() + limits.headTime) }
    } else if reading == .body {
      bodyBytes += count
      // Chunks may have extensions, of which nothing is kept, so that no bound of a body would ever end them.
      if bodyBytes - contentBytes > Self.mostFraming + Self.mostFramingOfContent * contentBytes {
        return refuse(
          HeadFault(status: .badRequest, reason: "the request's body has more around its chunks than in them"))
      }
      if !isSending { set(bodyStart + allowance(bodyBytes)) }
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    switch unwrapInboundIn(data) {
    case .head(var head):
      if isLast { return }
      if let fault = HeadFault.find(in: head, longestField: limits.longestField) {
        return refuse(fault)
      }
      // An upgrade is not made, and what comes after such a request is not read as another.
      if !head.isKeepAlive || head.headers.contains(name: "Upgrade") { isLast = true }
      unanswered += 1
      reading = .body
      bodyStart = .now()
      bodyBytes = 0
      contentBytes = 0
      if !isSending { set(bodyStart + limits.bodyTime) }
      AbsoluteTarget.rewrite(&head)
      return context.fireChannelRead(wrapInboundOut(.head(head)))
    case .body(let piece): contentBytes += piece.readableBytes
    case .end:
      reading = .between
      rest()
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isOver else { return }
    switch error {
    case HTTPParserError.headerOverflow:
      refuse(HeadFault(status: .requestHeaderFieldsTooLarge, reason: "the header is longer than is allowed"))
    case HTTPParserError.invalidEOFState:
      // Whoever reads the body would take it for a whole one otherwise.
      context.fireErrorCaught(error)
      cutOff()
    case is HTTPParserError:
      refuse(HeadFault(status: .badRequest, reason: "what came is no HTTP"))
    default: close()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      isLast = true
      if unanswered == 0, !isOver, unsent == 0 { close() }
      return
    }
    // Who sends nothing more has gone in nearly every case: a socket that is closed says no more than that.
    if case ChannelEvent.inputClosed = event { presence.end() }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: What goes

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isOver else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      guard head.status.code >= 200 else { return context.write(data, promise: promise) }
      answerBegan = true
      answerBytes = 0
      answerStart = .now()
      // Of a body that nobody has waited for the rest is not awaited either.
      if reading == .body, unanswered == 1 { isLast = true }
      if isLast, unanswered == 1 { head.headers.replaceOrAdd(name: "Connection", value: "close") }
      if head.headers["Connection"].first?.lowercased() == "close" { isLast = true }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let body):
      // A long answer is written piece by piece, as the client takes it.
      answerBytes += body.readableBytes
      set(answerStart + allowance(answerBytes))
      context.write(data, promise: promise)
    case .end:
      answerBegan = false
      unanswered -= 1
      unsent += 1
      let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
      sent.futureResult.assumeIsolated().whenComplete { _ in
        self.unsent -= 1
        self.rest()
      }
      let ends = isLast && unanswered == 0
      if ends { isOver = true }
      set(answerStart + allowance(answerBytes))
      context.writeAndFlush(data, promise: sent)
      if ends { leave() }
    }
  }

  /// Answers a request for whoever would have, as the last one.
  private func refuse(_ fault: HeadFault) {
    guard let context else { return }
    report(RefusedConnection(status: Int(fault.status.code), reason: fault.reason))
    isLast = true
    // Another answer is on the way, whose end is the connection's.
    guard unanswered == 0 || unanswered == 1 && reading == .body && !answerBegan else {
      if answerBegan || reading == .body { close() }
      return
    }
    isOver = true
    let text = #"{"error":"\#(fault.reason)","status":\#(fault.status.code)}"#
    let body = context.channel.allocator.buffer(string: text)
    var head = HTTPResponseHead(version: .http1_1, status: fault.status)
    head.headers = [
      "Content-Type": "application/json", "Content-Length": String(body.readableBytes), "Connection": "close",
      "X-Elastic-Product": "Elasticsearch",
    ]
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    leave()
  }

  /// Ends a connection on which nothing more comes, in the midst of a request: its client has gone, or the service ends and takes in no more.
  ///
  /// That is no fault of what was sent, and whoever is told of one does not send it again. Answers to requests that came whole are written.
  private func cutOff() {
    report(RefusedConnection(status: 0, reason: "the connection ended within a request"))
    isLast = true
    if reading == .body {
      // Nobody answers what is cut; the answer before it is the last.
      unanswered -= 1
      reading = .between
    }
    guard unanswered <= 0 else { return rest() }
    // Of an answer that was being written nothing follows; one that is written goes to its end.
    if answerBegan || unsent == 0 { return close() }
    isOver = true
    leave()
  }

  /// Ends the connection without a reset, which could take the answer away from a client that is still sending.
  private func leave() {
    guard let context else { return }
    context.close(mode: .output, promise: nil)
    // An answer on its way has its own time, and sets this one when it is taken.
    if unsent == 0 { set(.now() + limits.lingerTime) }
  }

  private func close() {
    isOver = true
    context?.close(promise: nil)
  }

  // MARK: Time

  /// How long some bytes may take.
  private func allowance(_ bytes: Int) -> TimeAmount {
    min(limits.longestTime, limits.bodyTime + .seconds(Int64(min(bytes, 1 << 40) / max(1, limits.slowestRate))))
  }

  /// Sets the time for what is awaited now.
  private func rest() {
    if isOver { return set(.now() + limits.lingerTime) }
    guard !isSending, reading != .body else { return }
    // Whoever answers is not to be hurried by the client's clock.
    if unanswered > 0 { return set(nil) }
    set(.now() + (reading == .between ? limits.idleTime : limits.headTime))
  }

  private func set(_ new: NIODeadline?) {
    deadline = new
    guard let new, let context else { return }
    // A timer that is too early is set anew when it fires, which is cheaper than a new one for every byte.
    if let timed, timed <= new { return }
    timer?.cancel()
    schedule(new, context)
  }

  private func schedule(_ time: NIODeadline, _ context: ChannelHandlerContext) {
    timed = time
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
      self.timer = nil
      self.timed = nil
      guard let context = self.context, let deadline = self.deadline else { return }
      if deadline > .now() { return self.schedule(deadline, context) }
      self.timeIsOver()
    }
  }

  private func timeIsOver() {
    if isOver || isSending || reading == .between {
      if isSending { report(RefusedConnection(status: 0, reason: "the client does not take its answer")) }
      return close()
    }
    let what = reading == .head ? "header" : "body"
    refuse(HeadFault(status: .requestTimeout, reason: "the request's \(what) came too slowly"))
  }

  private static let mostThrownAway = 16 << 20
}

/// What a client did wrong, for the log and counters.
struct RefusedConnection: Sendable {
  /// 0 where no answer was given.
  var status: Int
  var reason: String
}
