import Events

/// In which order stored events are asked who opened the sessions of alerts: those that gave out the keys of these, those that gave out
/// what these were made with, and so on.
///
/// Each step looks as far back as a session can have begun that so many lie between, since history is long and sessions are short. What
/// was looked for already and is an opener again may have been opened before that too, and is looked for as far back as any chain goes.
/// There are as many steps as a chain has links, whatever is met: a role that renews itself from its own session has no first one.
public struct OpeningSearch: Sendable {
  /// Hashes of the keys and sessions that are to be looked for now.
  public private(set) var wanted: Set<UInt64>

  private let need: AlertBackground.Need
  private var step = 1
  private var depth = 1
  /// How far back each key was looked for.
  private var depths: [UInt64: Int] = [:]

  public init(_ need: AlertBackground.Need) {
    self.need = need
    wanted = need.keys
  }

  /// The times between which the sessions were opened that are wanted; nil where there is nothing more to look for.
  public var range: ClosedRange<Timestamp>? {
    wanted.isEmpty || step > SessionIndex.longestChain ? nil : need.openings(depth: depth)
  }

  /// Goes on to what the sessions were opened with that were found.
  public mutating func goOn(to openers: Set<UInt64>) {
    for key in wanted { depths[key] = depth }
    let deepest = SessionIndex.longestChain
    let again = openers.filter { depths[$0].map { $0 < deepest } ?? false }
    depth = again.isEmpty ? min(depth + 1, deepest) : deepest
    wanted = again.union(openers.filter { depths[$0] == nil })
    step += 1
  }
}
