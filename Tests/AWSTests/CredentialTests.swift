import Events
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing
import Transfers

@testable import AWS

@Suite(
  "Credentials are found where AWS's tools look for them",
  .enabled(if: PythonServer.has("http.server"), "there is no python3"))
struct CredentialTests {
  let scratch: Scratch
  let server: PythonServer
  let client: HTTPClient
  static let now = Timestamp(iso8601: "2026-01-31T10:00:00Z")!

  init() throws {
    scratch = try Scratch()
    server = try PythonServer("identity.py", ["--now", "2026-01-31T10:00:00"])
    var settings = TransferSettings()
    settings.proxy = .none
    settings.leastTimeout = .seconds(3600)
    client = HTTPClient(settings)
  }

  private func surroundings(_ variables: [String: String] = [:]) -> AWSSurroundings {
    let base = [
      "HOME": scratch.path, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_STS": server.url,
      "AWS_ENDPOINT_URL_SSO": server.url, "AWS_REGION": "eu-west-1",
    ]
    return AWSSurroundings(
      client: client, variables: base.merging(variables) { $1 }, now: { Self.now }, sleep: { _ in })
  }

  private func id(_ variables: [String: String] = [:], profile: String? = nil) async throws -> String {
    try await UsualCredentials(surroundings(variables), profile: profile).fetch().accessKeyID
  }

  private func told() async throws -> [JSONValue] {
    try await JSONValue(parsing: client.send(HTTPRequest("GET", server.url + "/_told")).body[...]).arrayValue ?? []
  }

  private func files(config: String = "", credentials: String = "") throws {
    try scratch.write(config, ".aws/config")
    try scratch.write(credentials, ".aws/credentials")
  }

  @Test("Keys in variables come first, but not before a profile that was chosen")
  func order() async throws {
    try files(
      config:
        "[default]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n[profile other]\naws_access_key_id = OTHER\naws_secret_access_key = s\n",
      credentials: "[default]\naws_access_key_id = SHARED\naws_secret_access_key = s\naws_session_token = t\n")
    let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
    #expect(try await id(keys) == "ENV")
    #expect(try await id(keys, profile: "other") == "OTHER")
    #expect(try await id() == "SHARED")
    #expect(try await id(["AWS_PROFILE": "other"]) == "OTHER")
    #expect(try await id(keys.merging(["AWS_PROFILE": "other"]) { $1 }) == "ENV")
    let file = try scratch.write("[other]\naws_access_key_id = ELSEWHERE\naws_secret_access_key = s\n", "else")
    #expect(try await id(["AWS_SHARED_CREDENTIALS_FILE": file], profile: "other") == "ELSEWHERE")
  }

  @Test("What is missing or half there is said, with what to do")
  func missing() async throws {
    try files(
      config: """
        [profile half]
        aws_access_key_id = A
        [profile process]
        credential_process = /bin/echo SECRET
        [profile loop]
        role_arn = arn:aws:iam::1:role/a
        source_profile = back
        [profile back]
        role_arn = arn:aws:iam::1:role/b
        source_profile = loop
        [profile mfa]
        role_arn = arn:aws:iam::1:role/b
        mfa_serial = x
        source_profile = half
        """)
    func words(_ variables: [String: String] = [:], profile: String? = nil) async -> String {
      do {
        return try await id(variables, profile: profile)
      } catch {
        return "\(error)"
      }
    }
    #expect(await words().contains("there are no AWS credentials"))
    #expect(await words(["AWS_ACCESS_KEY_ID": "A"]).contains("AWS_SECRET_ACCESS_KEY is not"))
    #expect(await words(profile: "none").contains("no profile \"none\""))
    #expect(await words(["AWS_PROFILE": "none"]).contains("no profile \"none\""))
    #expect(await words(profile: "half").contains("no aws_secret_access_key"))
    #expect(await words(profile: "process").contains("credential_process, which is not run"))
    #expect(await words(profile: "loop").contains("leads back to itself"))
    #expect(await words(profile: "mfa").contains("mfa_serial"))
  }

  @Test("Roles are assumed through profiles, one after another, and from other sources")
  func roles() async throws {
    try files(
      config: """
        [profile base]
        aws_access_key_id = BASE
        aws_secret_access_key = s
        [profile first]
        role_arn = arn:aws:iam::1:role/first
        source_profile = base
        external_id = the outside
        [profile second]
        role_arn = arn:aws:iam::2:role/second
        role_session_name = me
        duration_seconds = 900
        source_profile = first
        [profile environment]
        role_arn = arn:aws:iam::2:role/env
        credential_source = Environment
        [profile own]
        role_arn = arn:aws:iam::2:role/own
        source_profile = own
        aws_access_key_id = OWN
        aws_secret_access_key = s
        """)
    #expect(try await id(profile: "second") == "SECOND2")
    #expect(
      try await id(["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"], profile: "environment") == "ENV3")
    #expect(try await id(profile: "own") == "OWN4")
    let told = try await told()
    let forms = told.compactMap { $0[3]?.stringValue }
    #expect(forms[0].contains("ExternalId=the%20outside&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ffirst"))
    #expect(forms[1].contains("RoleSessionName=me") && forms[1].contains("DurationSeconds=900"))
    let signers = told.compactMap { $0[2]?["authorization"]?.stringValue }
    #expect(signers[0].contains("Credential=BASE/20260131/eu-west-1/sts/aws4_request"))
    #expect(signers[1].contains("Credential=FIRST1/"))
    #expect(told[1][2]?["x-amz-security-token"] == "t")
  }

  @Test("A role that may not be assumed is refused with the service's words")
  func refused() async throws {
    try files(
      config:
        "[default]\nrole_arn = arn:aws:iam::1:role/refused\nsource_profile = b\n[profile b]\naws_access_key_id = B\naws_secret_access_key = s\n"
    )
    await #expect { _ = try await id() } throws: {
      ($0 as? AWSError)?.code == "AccessDenied" && "\($0)".contains("not you") && ($0 as? AWSError)?.isRefusal == true
    }
  }

  @Test("A web identity's token is read anew each time, and its request is not signed")
  func webIdentity() async throws {
    let file = try scratch.write("first-token\n", "token")
    let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"]
    #expect(try await id(variables) == "WEB1")
    try scratch.write("second-token", "token")
    #expect(try await id(variables) == "WEB2")
    let told = try await told()
    #expect(told[0][3]?.stringValue?.contains("WebIdentityToken=first-token") == true)
    #expect(told[1][3]?.stringValue?.contains("WebIdentityToken=second-token") == true)
    #expect(told[0][2]?["authorization"] == nil)
    try files(config: "[profile web]\nrole_arn = arn:aws:iam::1:role/p\nweb_identity_token_file = ~/token\n")
    #expect(try await id(profile: "web") == "P3")
  }

  @Test("Who has signed in by SSO is known by the cache, and who has not is told how to")
  func sso() async throws {
    try files(
      config: """
        [sso-session corp]
        sso_start_url = https://corp.example/start
        sso_region = eu-central-1
        [profile sso]
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Reader
        """)
    await #expect { _ = try await id(profile: "sso") } throws: { "\($0)".contains("aws sso login --profile sso") }
    // The SHA-1 of "corp".
    let name = ".aws/sso/cache/\(SSOCredentials.name("corp")).json"
    #expect(SSOCredentials.name("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
    try scratch.write(#"{"accessToken":"SSO-TOKEN","expiresAt":"2026-01-31T09:00:00Z"}"#, name)
    await #expect { _ = try await id(profile: "sso") } throws: {
      "\($0)".contains("expired") && !"\($0)".contains("SSO-TOKEN")
    }
    try scratch.write(#"{"accessToken":"SSO-TOKEN","expiresAt":"2026-01-31T11:00:00UTC"}"#, name)
    #expect(try await id(profile: "sso") == "SSO1")
    let told = try await told()
    #expect(told[0][1] == "/federation/credentials?role_name=Reader&account_id=111122223333")
    #expect(told[0][2]?["x-amz-sso_bearer_token"] == "SSO-TOKEN")
  }

  @Test("A container's agent is asked with its token, and only where nobody else can listen")
  func container() async throws {
    let token = try scratch.write("container-token\n", "token")
    let variables = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/container", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
    ]
    #expect(try await id(variables) == "CONTAINER1")
    #expect(try await told()[0][2]?["authorization"] == "container-token")
    #expect(ContainerCredentials.isAllowed("http://[fd00:ec2::23]/x"))
    #expect(ContainerCredentials.isAllowed("http://169.254.170.23/x"))
    for url in [
      "http://evil.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/", "ftp://127.0.0.1/",
    ] {
      #expect(!ContainerCredentials.isAllowed(url))
    }
    await #expect(throws: AWSSettingsError.self) {
      try await id(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/"])
    }
  }

  @Test("An instance's metadata is asked in version 2, last of all; one without a role has none")
  func instance() async throws {
    let variables = ["AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
    #expect(try await id(variables) == "INSTANCE1")
    #expect(try await InstanceMetadata(surroundings(variables)).region() == "eu-north-1")
    let told = try await told()
    #expect(told[0][0] == "PUT" && told[0][2]?["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
    let bare = try PythonServer("identity.py", ["--no-role"])
    await #expect(throws: AWSSettingsError.self) {
      try await id(["AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": bare.url])
    }
  }

  // MARK: Keeping

  private final class Counted: CredentialSource {
    let count = Mutex(0)
    let fails = Mutex(false)
    let clock = Mutex(CredentialTests.now)
    let life: Int64

    init(life: Int64) { self.life = life }

    func fetch() async throws -> AWSCredentials {
      let number = count.withLock {
        $0 += 1
        return $0
      }
      try await Task.sleep(for: .milliseconds(30))
      if fails.withLock({ $0 }) { throw AWSSettingsError("down") }
      return AWSCredentials(
        accessKeyID: "\(number)", secretAccessKey: "s",
        expiration: Timestamp(milliseconds: clock.withLock { $0.milliseconds } + life * 1000))
    }

    func pass(_ seconds: Int64) { clock.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + seconds * 1000) } }
  }

  @Test("Credentials are fetched once for all who wait, and anew before they end")
  func kept() async throws {
    let source = Counted(life: 3600)
    let cache = CredentialCache(source, now: { source.clock.withLock { $0 } })
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<50 { group.addTask { try await cache.credentials().accessKeyID } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids == ["1"])
    source.pass(2699)
    #expect(try await cache.credentials().accessKeyID == "1")
    source.pass(2)
    #expect(try await cache.credentials().accessKeyID == "2")
  }

  @Test("Where none can be fetched, the old ones serve until they end, and not a moment longer")
  func outage() async throws {
    let source = Counted(life: 3600)
    let cache = CredentialCache(source, now: { source.clock.withLock { $0 } })
    let first = try await cache.credentials()
    source.fails.withLock { $0 = true }
    source.pass(3000)
    #expect(try await cache.credentials() == first)
    let tries = source.count.withLock { $0 }
    #expect(try await cache.credentials() == first)
    // It is not tried at every use.
    #expect(source.count.withLock { $0 } == tries)
    source.pass(601)
    await #expect(throws: AWSSettingsError.self) { try await cache.credentials() }
    source.fails.withLock { $0 = false }
    #expect(try await cache.credentials().accessKeyID == "\(tries + 2)")
    // Those that a service refuses are not given again, however fresh.
    let refused = try await cache.credentials()
    #expect(try await cache.credentials(instead: refused) != refused)
  }
}
