import Outputs

/// What happened in one line: `alice created a user (ops)`; of a call that did not succeed, that it was tried and how it
/// ended: `alice tried to leave the organization and was refused`. Who acted in a session is told with who opened it, where
/// that is known: `ops via alice`.
///
/// The name of the call itself stands with what else is known of the alert.
struct AlertHeadline: Sendable {
  /// A piece of the line: words of this program, or a value from the event.
  enum Piece: Equatable, Sendable {
    case words(String)
    /// What was done, in words of this program, or the name of a call that it has no words for.
    case action(String)
    case value(String)
    /// What it was done to, which is shown in brackets.
    case target(String)

    var text: String {
      switch self {
      case .words(let text), .action(let text), .value(let text): text
      case .target(let text): "(\(text))"
      }
    }
  }

  let pieces: [Piece]

  /// The line as text.
  var text: String { pieces.map(\.text).joined(separator: " ") }

  init(pieces: [Piece]) { self.pieces = pieces }

  init(_ alert: AlertDocument) {
    let actor = alert.actor.map { actor in alert.person.map { "\(actor) via \($0)" } ?? actor }
    if alert.first("event.dataset") == "martlet.health", let reason = alert.first("event.reason") {
      // An alarm of the service says itself what it is.
      self.init(pieces: [.value(reason)])
    } else if let events = AlertEvents(alert) {
      self.init(events, actor: actor, target: alert.target)
    } else {
      self.init(
        actor: actor, action: alert.action, target: alert.target,
        failure: alert.hasFailed ? Failure(alert.errorCode) : nil)
    }
  }

  /// How a call ended that did not succeed.
  enum Failure: Equatable, Sendable {
    case refused
    case error(String)
    case unknown

    init(_ code: String?) {
      guard let code else {
        self = .unknown
        return
      }
      self = AlertHeadline.isRefusal(code) ? .refused : .error(code)
    }

    /// The end in a word or two.
    var words: String {
      switch self {
      case .refused: "refused"
      case .error(let code): "failed with \(code)"
      case .unknown: "failed"
      }
    }

    /// What alike calls had in common: that each was refused, or failed with one code.
    init(_ row: AlertRow) {
      let codes = row.errorCodes
      guard !row.hasUncodedError, !codes.isCut, let first = codes.values.first else {
        self = .unknown
        return
      }
      let ends = codes.values.map { Failure($0) }
      self = ends.allSatisfy { $0 == ends[0] } ? Failure(first) : .unknown
    }
  }

  init(actor: String?, action: String?, target: String?, failure: Failure?) {
    let who = actor.map(Piece.value) ?? .words("Somebody")
    let target = target.map { [Piece.target($0)] } ?? []
    let words = action.flatMap { ActionWords($0) }
    switch (words, action, failure) {
    case (let words?, _, nil): pieces = [who, .action(words.past)] + target
    case (let words?, _, let failure?):
      pieces = [who, .words("tried to"), .action(words.infinitive)] + target + Self.end(failure)
    // A name that has no words.
    case (nil, let action?, nil): pieces = [who, .words("called"), .action(action)] + target
    case (nil, let action?, let failure?):
      pieces = [who, .words("tried"), .action(action)] + target + Self.end(failure)
    case (nil, nil, _):
      pieces =
        [.action(failure == nil ? "event" : "failed event")] + (actor.map { [.words("by"), .value($0)] } ?? []) + target
    }
  }

  static func end(_ failure: Failure) -> [Piece] {
    switch failure {
    case .refused: [.words("and was refused")]
    case .error(let code): [.words("and failed with"), .value(code)]
    case .unknown: [.words("and failed")]
    }
  }

  /// True for error codes that say that the caller may not do it; others say that it could not be done.
  static func isRefusal(_ code: String) -> Bool {
    let code = code.lowercased()
    return ["accessdenied", "unauthorized", "notauthorized", "forbidden", "authfailure", "authorizationerror"]
      .contains { code.contains($0) }
  }
}
