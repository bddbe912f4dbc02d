/// Credentials of a role that others are used to assume: for buckets and queues of other accounts.
public struct AssumedRole: CredentialSource {
  private let sts: STSClient
  private let base: CredentialCache
  private let role: String
  private let externalID: String?
  private let session: String

  /// - Parameters:
  ///   - base: whose credentials assume the role.
  ///   - region: for STS.
  public init(
    _ role: String, externalID: String? = nil, session: String = "martlet", from base: CredentialCache,
    _ surroundings: AWSSurroundings, region: String
  ) {
    self.role = role
    self.externalID = externalID
    self.session = session
    self.base = base
    sts = STSClient(surroundings, region: region)
  }

  public func fetch() async throws -> AWSCredentials {
    let with = try await base.credentials()
    do {
      return try await sts.assumeRole(role, session: session, externalID: externalID, with: with)
    } catch let error as AWSError where error.isExpiry {
      return try await sts.assumeRole(
        role, session: session, externalID: externalID, with: base.credentials(instead: with))
    }
  }
}
