import Events

/// Credentials that are kept while they are good, and fetched anew, once for all who wait, before they expire.
///
/// They are renewed from a quarter of an hour before their end, or in the last third of a shorter life. Where that fails, the old ones
/// serve until they really end, and it is tried again every half a minute.
public actor CredentialCache {
  private let source: any CredentialSource
  private let now: @Sendable () -> Timestamp
  private var kept: AWSCredentials?
  /// From when on the kept ones are to be renewed.
  private var renewal: Timestamp?
  private var fetching: Task<AWSCredentials, any Error>?

  public init(_ source: any CredentialSource, now: @escaping @Sendable () -> Timestamp) {
    self.source = source
    self.now = now
  }

  /// Credentials that are good now.
  ///
  /// - Parameter refused: those that a service has called expired, which are not given again.
  public func credentials(instead refused: AWSCredentials? = nil) async throws -> AWSCredentials {
    if let kept, kept != refused, renewal.map({ now() < $0 }) ?? true { return kept }
    let task =
      fetching
      ?? Task { [source] in try await source.fetch() }
    fetching = task
    do {
      let fetched = try await task.value
      if fetching == task { keep(fetched) }
      return fetched
    } catch {
      if fetching == task { fetching = nil }
      guard let kept, kept != refused, kept.expiration.map({ now() < $0 }) ?? true else { throw error }
      renewal = Timestamp(milliseconds: now().milliseconds + Self.pause)
      return kept
    }
  }

  private static let pause: Int64 = 30_000
  private static let margin: Int64 = 15 * 60_000

  private func keep(_ fetched: AWSCredentials) {
    fetching = nil
    kept = fetched
    renewal = fetched.expiration.map {
      let life = max(0, $0.milliseconds - now().milliseconds)
      return Timestamp(milliseconds: $0.milliseconds - min(Self.margin, life / 3))
    }
  }
}
