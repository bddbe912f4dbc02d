/// Admits whoever shows a key.
public struct KeyAdmission: RequestAdmission {
  private let directory: any KeyDirectory
  private let isOpenWithoutKeys: Bool
  private let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - isOpenWithoutKeys: whether everybody is admitted for as long as no key was ever made: where only this machine can ask.
  ///   - now: milliseconds since 1970.
  public init(_ directory: any KeyDirectory, isOpenWithoutKeys: Bool, now: @escaping @Sendable () -> Int64) {
    self.directory = directory
    self.isOpenWithoutKeys = isOpenWithoutKeys
    self.now = now
  }

  public var admitsAnybody: Bool { isOpenWithoutKeys }

  public func admit(authorization: String?, peer: String) -> AdmissionOutcome {
    do {
      if isOpenWithoutKeys, try !directory.hasAccessKeys() { return .admitted(.loopback) }
      guard let authorization else { return .refused("missing authentication credentials for REST request") }
      guard let shown = ShownKey(authorization) else {
        return .refused("the credentials are no key: ApiKey or Basic with id:key in base64 is")
      }
      // As much is done for an id that there is not, so that time does not tell which there are.
      let key = try directory.accessKey(shown.id)
      let isRight = (key ?? Self.nobody).isRight(shown.secret)
      guard let key, isRight, !key.isRevoked, key.expiresAt.map({ now() < $0 }) ?? true else {
        return .refused("unable to authenticate with provided credentials")
      }
      return .admitted(Caller(key))
    } catch {
      // Who is told of a wrong key may give up what was to be sent.
      return .unavailable("keys cannot be looked up now")
    }
  }

  private static let nobody = AccessKey.make(name: "nobody", role: .ingest, expiresAt: 0).key
}
