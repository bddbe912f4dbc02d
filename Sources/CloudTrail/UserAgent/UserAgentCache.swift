import Events

/// The parses of the user agents met lately: a few hundred agents make up nearly all events. One worker's own.
final class UserAgentCache {
  /// Beyond this many different agents the cache starts anew, so that hostile input cannot make it grow.
  private static let limit = 16_384

  private var agents = ValueDictionary()
  private var parses: [UserAgent] = [.other]

  func parse(_ agent: Scalar) -> UserAgent {
    let code = agents.code(of: agent)
    if code != 0 { return parses[Int(code)] }
    if parses.count > Self.limit {
      agents = ValueDictionary()
      parses = [.other]
    }
    let parse = UserAgent.parse(UnsafeRawBufferPointer(agent.bytes))
    _ = agents.insert(agent)
    parses.append(parse)
    return parse
  }
}
