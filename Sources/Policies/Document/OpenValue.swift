/// Tells values of conditions that too many pass to tie a grant to anybody.
enum OpenValue {
  /// True for a value of a key, in small letters, that strangers can meet.
  static func isOpen(_ value: String, key: String, family: ConditionFamily) -> Bool {
    if value.allSatisfy({ $0 == "*" || $0 == "?" || $0 == ":" }) { return true }
    switch family {
    case .externalID, .mfa, .audience: return false
    case .network: return key == "aws:sourceip" ? isWideNetwork(value) : hasWildcard(value)
    case .organization:
      // A path may end in a wildcard; the organization must be named.
      return hasWildcard(value.prefix { $0 != "/" })
    case .subject:
      let known = value.prefix { $0 != "*" && $0 != "?" }
      return known.count < value.count && (known.isEmpty || known == "repo:")
    case .sourceAccount, .caller:
      switch key {
      case "aws:sourcearn", "s3:dataaccesspointarn": return isOpenARN(value, needsAccount: false)
      // Everybody can have a role of that name in an account of their own.
      case "aws:principalarn": return isOpenARN(value, needsAccount: true)
      // The id of a role, then the name of its session.
      case "aws:userid": return hasWildcard(value.prefix { $0 != ":" })
      default: return hasWildcard(value)
      }
    }
  }

  private static func hasWildcard(_ text: some StringProtocol) -> Bool { text.contains("*") || text.contains("?") }

  private static func isOpenARN(_ value: String, needsAccount: Bool) -> Bool {
    let parts = value.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return hasWildcard(value) }
    if needsAccount { return !AccountID.isAccount(parts[4]) }
    // Buckets have no account in their ARN.
    return hasWildcard(parts[4]) || (parts[4].isEmpty && hasWildcard(parts[5].prefix(1)))
  }

  /// What is wider than /8 is no place; AWS judges public buckets likewise.
  private static func isWideNetwork(_ value: String) -> Bool {
    guard let slash = value.lastIndex(of: "/"), let length = Int(value[value.index(after: slash)...]) else {
      return hasWildcard(value)
    }
    return length < (value.contains(":") ? 32 : 8)
  }
}
