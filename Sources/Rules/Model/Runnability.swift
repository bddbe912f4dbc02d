/// Whether a rule can run.
public enum Runnability: Hashable, Sendable {
  case runnable
  /// The rule loads and does not run; the reason is a sentence.
  case unsupported(reason: String)

  /// Why the rule cannot run; nil when it can.
  public var reason: String? {
    if case .unsupported(let reason) = self { reason } else { nil }
  }
}
