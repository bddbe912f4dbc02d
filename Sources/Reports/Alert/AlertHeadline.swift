/// What happened in one line: `CreateUser by alice on ops`; of a call that did not succeed, that it was tried and how it
/// ended: `alice tried LeaveOrganization and was refused`.
struct AlertHeadline: Sendable {
  /// A piece of the line: words of this program, or a value from the event.
  enum Piece: Equatable, Sendable {
    case words(String)
    case action(String)
    case value(String)
  }

  let pieces: [Piece]

  /// The line as text.
  var text: String {
    pieces.map { piece in
      switch piece {
      case .words(let text), .action(let text), .value(let text): text
      }
    }.joined(separator: " ")
  }

  init(_ alert: AlertDocument) {
    let action = Piece.action(alert.action ?? "event")
    let target = alert.target.map { [Piece.words("on"), .value($0)] } ?? []
    guard alert.hasFailed else {
      pieces = [action] + (alert.actor.map { [.words("by"), .value($0)] } ?? []) + target
      return
    }
    let actor = alert.actor.map(Piece.value) ?? .words("Somebody")
    pieces = [actor, .words("tried"), action] + target + Self.end(alert.errorCode)
  }

  private static func end(_ code: String?) -> [Piece] {
    guard let code else { return [.words("and failed")] }
    return isRefusal(code) ? [.words("and was refused")] : [.words("and failed with"), .value(code)]
  }

  /// True for error codes that say that the caller may not do it; others say that it could not be done.
  static func isRefusal(_ code: String) -> Bool {
    let code = code.lowercased()
    return ["accessdenied", "unauthorized", "notauthorized", "forbidden", "authfailure", "authorizationerror"]
      .contains { code.contains($0) }
  }
}
