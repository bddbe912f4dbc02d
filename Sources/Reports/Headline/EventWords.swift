/// What an event of a host or a network is, as a person would say: a process event of type `start` is “started curl”.
struct EventWords: Equatable, Sendable {
  /// After “tried to”: `start curl`.
  let infinitive: String
  /// After who did it: `started curl`.
  let past: String

  /// Nil for a category that has no words.
  ///
  /// - Parameters:
  ///   - category: of ECS, and `dns`.
  ///   - type: `event.type`.
  ///   - object: what it was about, as the event has it.
  init?(category: String, type: String?, object: String?) {
    guard let (infinitive, past, kind) = Self.verbs(category, type) else { return nil }
    let what = object.map { "\(kind.before)\(ShownText.cut(ShownText.line($0), to: Self.longest))" } ?? kind.without
    let end = what.isEmpty ? "" : " " + what
    (self.infinitive, self.past) = (infinitive + end, past + end)
  }

  /// Scalars of a path that a line shows.
  private static let longest = 120

  /// What is said before the name of what it was about, and in place of a name that is not known.
  private typealias Kind = (before: String, without: String)

  private static func verbs(_ category: String, _ type: String?) -> (String, String, Kind)? {
    switch (category, type) {
    case ("process", "end"): ("end", "ended", ("", "a process"))
    case ("process", "start"): ("start", "started", ("", "a process"))
    case ("process", _): ("run", "ran", ("", "a process"))
    case ("file", "creation"): ("create", "created", ("the file ", "a file"))
    case ("file", "deletion"): ("delete", "deleted", ("the file ", "a file"))
    case ("file", "change"): ("change", "changed", ("the file ", "a file"))
    case ("file", "access"): ("open", "opened", ("the file ", "a file"))
    case ("file", _): ("touch", "touched", ("the file ", "a file"))
    case ("registry", "deletion"): ("delete", "deleted", ("the registry’s ", "a key of the registry"))
    case ("registry", "access"): ("read", "read", ("the registry’s ", "a key of the registry"))
    case ("registry", _): ("change", "changed", ("the registry’s ", "a key of the registry"))
    case ("library", _): ("load", "loaded", ("the library ", "a library"))
    case ("driver", _): ("load", "loaded", ("the driver ", "a driver"))
    case ("dns", _): ("look up", "looked up", ("", "a name"))
    case ("network", _): ("connect to", "connected to", ("", "the network"))
    case ("authentication", "end"), ("session", "end"): ("sign out", "signed out", ("", ""))
    case ("authentication", _), ("session", _): ("sign in", "signed in", ("", ""))
    default: nil
    }
  }
}
