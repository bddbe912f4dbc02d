import CloudTrail
import Events

/// Finds out who opened a session: joins a call to the call that gave out its key, that one to the one before, and so on.
struct SessionIndex: Sendable {
  private let log: SessionLog
  /// The openings of each key, and of each session, ascending in time.
  private let byKey: [UInt32: [Int]]
  private let bySession: [UInt32: [Int]]

  /// No session outlives this: 36 hours, of `GetSessionToken` and `GetFederationToken`; one of a role ends after 12.
  static let longestSession: Int64 = 36 * 3_600_000
  /// How far the time that a session says it was opened at may lie from that of the call: it is told in seconds.
  static let creationSlack: Int64 = 2_000
  /// A session may be opened from another, and so on; longer chains are cut, and say so.
  static let longestChain = 16

  init(_ log: SessionLog) {
    self.log = log
    var byKey: [UInt32: [Int]] = [:]
    var bySession: [UInt32: [Int]] = [:]
    let ordered = log.openings.indices.sorted {
      (log.openings[$0].time, log.openings[$0].id) < (log.openings[$1].time, log.openings[$1].id)
    }
    for at in ordered {
      let opening = log.openings[at]
      if opening.issuedKey != 0 { byKey[opening.issuedKey, default: []].append(at) }
      if opening.session != 0 { bySession[opening.session, default: []].append(at) }
    }
    self.byKey = byKey
    self.bySession = bySession
  }

  /// The chain of the session that a call was made in; nil for a user's own session, as of the console, of which no
  /// opening is known: there the call itself says who it was.
  func chain(of use: SessionUse) -> SessionChain? {
    var chain = SessionChain(use: use)
    var current = use
    var met: Set<Int> = []
    while true {
      guard chain.links.count < Self.longestChain else {
        chain.end = .cut
        return chain
      }
      switch opening(of: current) {
      case .none:
        chain.end = current.arn == nil ? .identity : .notInInput
        return chain.links.isEmpty && current.arn == nil ? nil : chain
      case .several(let count):
        chain.end = .ambiguous(count)
        return chain
      case .one(let at, let isByKey):
        guard met.insert(at).inserted else {
          chain.end = .notInInput
          return chain
        }
        let opening = log.openings[at]
        let accessKey = log.text(opening.accessKey)
        let arn = log.text(opening.arn)
        chain.links.append(
          SessionChain.Link(
            eventID: log.text(opening.eventID) ?? opening.id.text, time: Timestamp(milliseconds: opening.time),
            action: log.text(opening.action) ?? "", session: log.text(opening.session),
            issuedKey: log.text(opening.issuedKey), isByKey: isByKey,
            opener: SessionChain.Identity(
              type: log.text(opening.type), arn: arn, name: log.text(opening.name), accessKey: accessKey)))
        guard
          let next = SessionUse(accessKey: accessKey, arn: arn, created: opening.created, time: opening.time)
        else {
          chain.end = .identity
          return chain
        }
        current = next
      }
    }
  }

  private enum Found {
    case none
    case one(Int, isByKey: Bool)
    /// So many different ones may have opened it.
    case several(Int)
  }

  private func opening(of use: SessionUse) -> Found {
    // Beyond that time no session can be the one, whatever it is told by: so stored events need not be read for it.
    func mayBe(_ opening: Int) -> Bool {
      log.openings[opening].time <= use.time + Self.creationSlack
        && log.openings[opening].time >= use.time - Self.longestSession
    }
    if let all = byKey[log.code(use.accessKey)]?.filter(mayBe) {
      // A role of another account is told of in both accounts: the one that names the caller says more.
      let named = all.filter { log.openings[$0].arn != 0 }
      if let at = (named.isEmpty ? all : named).last { return .one(at, isByKey: true) }
    }
    var candidates = (bySession[log.code(use.arn)] ?? []).filter(mayBe)
    if let created = use.created {
      candidates.removeAll { abs(log.openings[$0].time - created) > Self.creationSlack }
    } else {
      // Where the call names a key that is known to be another's, a session of the same name is not its own.
      candidates.removeAll { use.accessKey != nil && log.openings[$0].issuedKey != 0 }
    }
    guard let last = candidates.last else { return .none }
    let openers = Set(candidates.map { [log.openings[$0].arn, log.openings[$0].name] })
    return openers.count == 1 ? .one(last, isByKey: false) : .several(openers.count)
  }
}
