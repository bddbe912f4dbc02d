/// Makes clients of services from settings, with what variables and shared files say where they say nothing.
public struct AWSAccess: Sendable {
  public let settings: AWSSettings
  public let surroundings: AWSSurroundings

  public init(_ settings: AWSSettings, _ surroundings: AWSSurroundings) {
    var settings = settings
    settings.usesFIPS = settings.usesFIPS || surroundings.flag("AWS_USE_FIPS_ENDPOINT")
    settings.usesDualStack = settings.usesDualStack || surroundings.flag("AWS_USE_DUALSTACK_ENDPOINT")
    self.settings = settings
    self.surroundings = surroundings
  }

  /// A client of S3. Buckets in other regions are found by themselves. Throws `AWSSettingsError`.
  public func s3() async throws -> S3Client {
    let region = try await region() ?? "us-east-1"
    return try S3Client(
      surroundings, credentials: credentials(region), region: region, settings: settings, own: try own("S3"))
  }

  /// A client of a queue. Throws `AWSSettingsError`.
  public func sqs(_ queueURL: String) async throws -> SQSClient {
    guard queueURL.wholeMatch(of: /https?:\/\/[A-Za-z0-9.:_\[\]-]+\/[A-Za-z0-9\/._-]+/) != nil else {
      throw AWSSettingsError(
        "\(queueURL.debugDescription) is no address of a queue, such as https://sqs.eu-west-1.amazonaws.com/111122223333/trail"
      )
    }
    var region = SQSQueueURL(queueURL).region
    if region == nil { region = try await self.region() }
    guard let region = settings.region ?? region else {
      throw AWSSettingsError("no region is set, and the queue's address has none")
    }
    return try SQSClient(
      surroundings, credentials: credentials(region), queueURL: queueURL, region: region, settings: settings,
      own: try own("SQS"))
  }

  /// The credentials that these settings come to.
  public func credentials(_ region: String) -> CredentialCache {
    let own = CredentialCache(
      UsualCredentials(surroundings, profile: settings.profile, region: region), now: surroundings.now)
    guard let role = settings.role else { return own }
    return CredentialCache(
      AssumedRole(
        role, externalID: settings.externalID, session: settings.sessionName, from: own, surroundings, region: region),
      now: surroundings.now)
  }

  private func profile() throws -> [String: String] {
    let name = settings.profile ?? surroundings.variable("AWS_PROFILE") ?? "default"
    return try SharedFiles(surroundings).profile(name) ?? [:]
  }

  private func region() async throws -> String? {
    if let region = settings.region ?? surroundings.variable("AWS_REGION")
      ?? surroundings.variable("AWS_DEFAULT_REGION")
    {
      return region
    }
    if let region = try profile()["region"] { return region }
    return try? await InstanceMetadata(surroundings).region()
  }

  /// An endpoint that was set: here, by a variable, in the profile.
  private func own(_ service: String) throws -> String? {
    if let endpoint = settings.endpoint { return endpoint }
    guard !surroundings.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") else { return nil }
    return try surroundings.variable("AWS_ENDPOINT_URL_\(service)") ?? surroundings.variable("AWS_ENDPOINT_URL")
      ?? profile()["endpoint_url"]
  }
}
