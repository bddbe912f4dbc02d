import Outputs

/// What several events come to: `alice created a user and then created an access key`, `kim started curl and then connected to
/// 203.0.113.9 on web-1`, `alice made 14 calls of 3 kinds
/// (ListUsers 9 times, …)`, or `6 users (alice, bob, carol and 3 more) tried to sign in to the console 12 times and failed`.
extension AlertHeadline {
  /// - Parameter actor: who did all of it; nil where that is not one.
  init(_ events: AlertEvents, actor: String?, target: String?) {
    let target = target.map { [Piece.target($0)] } ?? []
    let rows = events.rows.compactMap(\.self)
    self.init(pieces: (events.isSequence ? Self.steps(rows, actor) : Self.counted(rows, events.count, actor)) + target)
  }

  // MARK: Events that follow one another

  private static let mostSteps = 4

  /// Alike calls that follow one another.
  private struct Step {
    var row: AlertEvents.Row
    var count = 1

    func isLike(_ other: AlertEvents.Row) -> Bool {
      row.what == other.what && row.words == other.words && row.who == other.who && row.host == other.host
        && (row.end == nil) == (other.end == nil)
    }
  }

  private static func steps(_ rows: [AlertEvents.Row], _ actor: String?) -> [Piece] {
    var steps: [Step] = []
    for row in rows {
      if let last = steps.last, last.isLike(row) {
        steps[steps.count - 1].count += 1
      } else {
        steps.append(Step(row: row))
      }
    }
    var pieces: [Piece] = []
    // Where it was stands once where it was one place.
    let hosts = AlertEvents.different(rows.compactMap(\.host))
    let isOneHost = hosts.count == 1 && rows.allSatisfy { $0.host != nil }
    for (place, step) in steps.prefix(mostSteps).enumerated() {
      if place > 0 { pieces.append(.words("and then")) }
      let who = actor ?? step.row.who
      if place == 0 || actor == nil && who != steps[place - 1].row.who {
        pieces.append(who.map(Piece.value) ?? .words(place == 0 ? "Somebody" : "somebody"))
      }
      pieces += did(step.row.what, step.row.words, hasFailed: step.row.end != nil) + times(step.count)
      if let host = step.row.host, !isOneHost || place == min(steps.count, mostSteps) - 1 {
        pieces += [.words("on"), .value(host)]
      }
      // How a failed call ended is told where nothing came of it.
      if place == steps.count - 1, step.row.end != nil { pieces += end(Failure(step.row.errorCode)) }
    }
    if steps.count > mostSteps { pieces.append(.words("and \(steps.count - mostSteps) more")) }
    return pieces.isEmpty
      ? [actor.map(Piece.value) ?? .words("Somebody"), .words("did what the rule asks for")] : pieces
  }

  /// - Parameter event: its words where the name of the action has none.
  private static func did(_ action: String?, _ event: EventWords?, hasFailed: Bool) -> [Piece] {
    let words =
      action.flatMap { ActionWords($0) }.map { ($0.infinitive, $0.past) } ?? event.map { ($0.infinitive, $0.past) }
    guard let (infinitive, past) = words else {
      return hasFailed
        ? [.words("tried to"), .action("call \(action ?? "something")")] : [.action("called \(action ?? "something")")]
    }
    return hasFailed ? [.words("tried to"), .action(infinitive)] : [.action(past)]
  }

  private static func times(_ count: Int) -> [Piece] {
    count == 1 ? [] : [.words(count == 2 ? "twice" : "\(count.grouped) times")]
  }

  // MARK: Events that were counted

  private static let mostUsers = 3
  private static let mostKinds = 3

  /// Who the events are of, and whether that is one.
  private static func who(_ rows: [AlertEvents.Row], _ actor: String?, isWhole: Bool) -> (pieces: [Piece], isOne: Bool)
  {
    if let actor { return ([.value(actor)], true) }
    let users = AlertEvents.different(rows.compactMap(\.who))
    guard let first = users.first else { return ([.words("Somebody")], true) }
    let isOthers = rows.contains { $0.who == nil } || !isWhole
    guard users.count > 1 else {
      return isOthers
        ? ([.value(first), .words(isWhole ? "and others" : "and perhaps others")], false) : ([.value(first)], true)
    }
    let named = users.prefix(mostUsers).joined(separator: ", ")
    let more = users.count - mostUsers
    return (
      [
        .words("\(isOthers ? "at least " : "")\(users.count) users"),
        .target(more > 0 ? "\(named) and \(more) more" : named),
      ], false
    )
  }

  private static func counted(_ rows: [AlertEvents.Row], _ count: Int, _ actor: String?) -> [Piece] {
    let isWhole = count == rows.count
    let (who, isOne) = who(rows, actor, isWhole: isWhole)
    guard !rows.isEmpty else { return who + [.words("made"), .action(CountText.count(count, "call"))] }
    var kinds: [(name: String?, count: Int)] = []
    for row in rows {
      if let place = kinds.firstIndex(where: { $0.name == row.what }) {
        kinds[place].count += 1
      } else {
        kinds.append((row.what, 1))
      }
    }
    let failed = rows.count { $0.end != nil }
    let hasFailed = failed == rows.count
    let ending = isWhole && hasFailed ? end(rows, isOne: isOne) : []
    if kinds.count == 1 {
      let words = rows[0].words.flatMap { words in rows.allSatisfy { $0.words == words } ? words : nil }
      let done = did(kinds[0].name, words, hasFailed: hasFailed)
      guard isWhole, failed > 0, !hasFailed else { return who + done + times(count) + ending }
      return who + done + times(count - failed) + [
        .words("and failed \(failed == 1 ? "once" : "\(failed.grouped) times")")
      ]
    }
    let most = kinds.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .prefix(mostKinds).map(\.element)
    let named = most.map { kind in
      (kind.name ?? "something")
        + (isWhole && kind.count > 1 ? " \(kind.count == 2 ? "twice" : "\(kind.count.grouped) times")" : "")
    }
    let list = named.joined(separator: ", ") + (kinds.count > mostKinds ? ", …" : "")
    return who + [
      .words("made"), .action(CountText.count(count, "call")),
      .words("of \(isWhole ? "" : "at least ")\(kinds.count) kinds"), .target(list),
    ] + ending
  }

  /// How calls ended that all failed.
  private static func end(_ rows: [AlertEvents.Row], isOne: Bool) -> [Piece] {
    let codes = Set(rows.map(\.errorCode))
    let ends = codes.map { Failure($0) }
    if ends.allSatisfy({ $0 == .refused }) { return [.words("and \(isOne ? "was" : "were") refused")] }
    return codes.count == 1 ? end(ends[0]) : [.words("and failed")]
  }
}
