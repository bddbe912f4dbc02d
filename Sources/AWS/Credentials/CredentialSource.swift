/// Where credentials come from.
public protocol CredentialSource: Sendable {
  /// Gets them anew. Throws `AWSSettingsError`, `AWSError` and `TransferError`.
  func fetch() async throws -> AWSCredentials
}

/// Credentials that are given.
public struct GivenCredentials: CredentialSource {
  private let credentials: AWSCredentials

  public init(_ credentials: AWSCredentials) { self.credentials = credentials }

  public func fetch() async throws -> AWSCredentials { credentials }
}
