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

  init(_ alert: AlertDocument) {
    let actor = alert.actor.map { actor in alert.person.map { "\(actor) via \($0)" } ?? actor }
    if let events = AlertEvents(alert) {
      self.init(events, actor: actor, target: alert.target)
    } else {
      self.init(
        actor: actor, action: alert.action, target: alert.target,
        failure: alert.hasFailed ? Failure(alert.errorCode) : nil)
    }
  }

  /// What several events come to: `alice created a user and then created an access key`, or `alice made 14 calls of 3 kinds`.
  private init(_ events: AlertEvents, actor: String?, target: String?) {
    let who = actor.map(Piece.value) ?? .words("Somebody")
    let target = target.map { [Piece.target($0)] } ?? []
    let rows = events.rows.compactMap(\.self)
    guard events.isSequence else {
      let kinds = Set(rows.map(\.what)).count
      let calls = "\(events.count.grouped) \(events.count == 1 ? "call" : "calls")"
      if kinds == 1, let action = rows.first?.what {
        let done = ActionWords(action).map { Piece.action($0.past) } ?? .action("called \(action)")
        pieces = [who, done] + (events.count == 1 ? [] : [.words("\(events.count.grouped) times")]) + target
      } else {
        let more = events.count > rows.count ? "at least " : ""
        pieces = [who, .words("made"), .action(calls), .words("of \(more)\(kinds) kinds")] + target
      }
      return
    }
    var pieces = [who]
    for (place, row) in rows.prefix(Self.mostSteps).enumerated() {
      if place > 0 { pieces.append(.words("and then")) }
      if actor == nil, place > 0, row.who != rows[place - 1].who { pieces.append(.words("somebody")) }
      let words = row.what.flatMap { ActionWords($0) }
      if row.end == nil {
        pieces.append(.action(words?.past ?? "called \(row.what ?? "something")"))
      } else {
        pieces += [.words("tried to"), .action(words?.infinitive ?? "call \(row.what ?? "something")")]
      }
    }
    if rows.count > Self.mostSteps { pieces.append(.words("and \(rows.count - Self.mostSteps) more")) }
    self.pieces = pieces + target
  }

  private static let mostSteps = 4

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

  private static func end(_ failure: Failure) -> [Piece] {
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
