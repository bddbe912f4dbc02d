import Events

/// Credentials from where AWS's own tools look for them, the first that is there: variables, a profile, a web identity, a
/// container's or an instance's metadata.
///
/// Files and variables are looked at anew at each fetch. `credential_process` is not run: a line in a file would decide which
/// program runs.
public struct UsualCredentials: CredentialSource {
  private let surroundings: AWSSurroundings
  private let profile: String?
  private let region: String?

  /// - Parameters:
  ///   - profile: one that was chosen in the settings, before which variables do not count.
  ///   - region: for STS.
  public init(_ surroundings: AWSSurroundings, profile: String? = nil, region: String? = nil) {
    self.surroundings = surroundings
    self.profile = profile
    self.region = region
  }

  public func fetch() async throws -> AWSCredentials {
    if profile == nil, let found = try fromVariables() { return found }
    let files = try SharedFiles(surroundings)
    let chosen = profile ?? surroundings.variable("AWS_PROFILE")
    let name = chosen ?? "default"
    let settings = files.profile(name)
    if chosen != nil, settings == nil {
      throw AWSSettingsError("there is no profile \(name.debugDescription) in the shared files of AWS")
    }
    if let settings {
      if settings["role_arn"] != nil, settings["web_identity_token_file"] == nil {
        return try await fromProfile(name, settings, files)
      }
    }
    if profile == nil, let file = surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
      let role = surroundings.variable("AWS_ROLE_ARN")
    {
      return try await STSClient(surroundings, region: stsRegion(settings), endpoint: settings?["endpoint_url"])
        .assumeRole(
          role, session: surroundings.variable("AWS_ROLE_SESSION_NAME") ?? "martlet", tokenFile: file)
    }
    if let settings, Self.names.contains(where: { settings[$0] != nil }) {
      return try await fromProfile(name, settings, files)
    }
    if profile == nil {
      if let found = try await ContainerCredentials(surroundings).fetch() { return found }
      if let found = try await InstanceMetadata(surroundings).credentials() { return found }
    }
    throw AWSSettingsError(
      profile.map { "the profile \($0.debugDescription) has no credentials" }
        ?? "there are no AWS credentials: none in variables (AWS_ACCESS_KEY_ID), in the profile \(name.debugDescription), from a "
        + "web identity, a container or an instance")
  }

  /// What says that a profile has credentials.
  private static let names = [
    "role_arn", "aws_access_key_id", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file",
  ]

  private func fromVariables() throws -> AWSCredentials? {
    guard let id = surroundings.variable("AWS_ACCESS_KEY_ID") else { return nil }
    guard let secret = surroundings.variable("AWS_SECRET_ACCESS_KEY") else {
      throw AWSSettingsError("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: surroundings.variable("AWS_SESSION_TOKEN"),
      expiration: surroundings.variable("AWS_CREDENTIAL_EXPIRATION").flatMap { Timestamp(iso8601: $0) })
  }

  private func stsRegion(_ settings: [String: String]?) throws -> String {
    guard
      let region = region ?? surroundings.variable("AWS_REGION") ?? surroundings.variable("AWS_DEFAULT_REGION")
        ?? settings?["region"]
    else { throw AWSSettingsError("no region is set, in which a role could be assumed: set region or AWS_REGION") }
    return region
  }

  private func fromProfile(
    _ name: String, _ settings: [String: String], _ files: SharedFiles, through seen: Set<String> = []
  ) async throws -> AWSCredentials {
    func fail(_ cause: String) -> AWSSettingsError {
      AWSSettingsError("the profile \(name.debugDescription) of AWS's shared files \(cause)")
    }
    if let role = settings["role_arn"] {
      let session = settings["role_session_name"] ?? "martlet"
      let sts = STSClient(surroundings, region: try stsRegion(settings), endpoint: settings["endpoint_url"])
      if let file = settings["web_identity_token_file"] {
        return try await sts.assumeRole(role, session: session, tokenFile: surroundings.expanded(file))
      }
      guard settings["mfa_serial"] == nil else {
        throw fail("asks for a code of a device (mfa_serial), which nobody is here to type")
      }
      let base: AWSCredentials
      switch (settings["source_profile"], settings["credential_source"]) {
      case (let other?, nil):
        // A role whose source is its own profile starts from the keys there.
        var next = files.profile(other)
        if other == name { next?["role_arn"] = nil }
        guard let next else { throw fail("names the source_profile \(other.debugDescription), which is not there") }
        guard other == name || !seen.contains(other), seen.count < 10 else {
          throw fail("leads back to itself by source_profile")
        }
        base = try await fromProfile(other, next, files, through: seen.union([name]))
      case (nil, "Environment"?):
        guard let found = try fromVariables() else { throw fail("takes its source from variables, which are not set") }
        base = found
      case (nil, "EcsContainer"?):
        guard let found = try await ContainerCredentials(surroundings).fetch() else {
          throw fail("takes its source from a container, and there is none")
        }
        base = found
      case (nil, "Ec2InstanceMetadata"?):
        guard let found = try await InstanceMetadata(surroundings).credentials() else {
          throw fail("takes its source from an instance, which has no role")
        }
        base = found
      case (nil, nil): throw fail("has a role_arn and neither source_profile nor credential_source")
      case (_?, _?): throw fail("has both source_profile and credential_source")
      case (nil, let other?): throw fail("has an unknown credential_source, \(other.debugDescription)")
      }
      let duration = settings["duration_seconds"].flatMap(Int.init)
      return try await sts.assumeRole(
        role, session: session, externalID: settings["external_id"], seconds: duration ?? 3600, with: base)
    }
    if let session = settings["sso_session"] ?? settings["sso_start_url"] {
      return try await SSOCredentials(surroundings).fetch(profile: name, settings, session: files.session(session))
    }
    if let id = settings["aws_access_key_id"] {
      guard let secret = settings["aws_secret_access_key"] else { throw fail("has no aws_secret_access_key") }
      return AWSCredentials(
        accessKeyID: id, secretAccessKey: secret,
        sessionToken: settings["aws_session_token"].flatMap { $0.isEmpty ? nil : $0 })
    }
    if settings["credential_process"] != nil {
      throw fail("has a credential_process, which is not run: let the program write a credentials file, or use a role")
    }
    throw fail("has no credentials")
  }
}
