import Foundation
import JSON
import TestSupport
import Testing

@testable import Policies

@Suite("Commands that restore")
struct RestoreCommandTests {
  private static let document = #"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"it's"}]}"#
  private static let quoted = #"'{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"it'\''s"}]}'"#
  private static let known = FormerPolicy.set(PolicyText(document), by: Sample.event(1))
  private static let arn = "arn:aws:iam::111122223333:policy/team/dev"
  private static let managed = PolicyTarget(
    kind: .managed, type: "policy", name: "dev", account: Sample.home, handle: arn)
  private static let other = PolicyText(#"{"Statement":[]}"#)

  private static func resource(_ type: String, _ handle: String? = nil, name: String = "x", _ policy: String? = nil)
    -> PolicyTarget
  {
    PolicyTarget(
      kind: .resource, type: type, name: name, account: Sample.home, region: "eu-west-1", handle: handle,
      policyName: policy)
  }

  private static let set = PolicySetting.Change.set(other)
  private static let gone = PolicySetting.Change.deleted(isWithOwner: false)

  private struct Case {
    let target: PolicyTarget
    let change: PolicySetting.Change
    let former: FormerPolicy
    let command: String?
  }

  private static let cases = [
    Case(
      target: Sample.role, change: set, former: known,
      command: "aws iam update-assume-role-policy --role-name ops --policy-document \(quoted)"),
    Case(
      target: Sample.role, change: .created(other, version: nil), former: .none,
      command: "aws iam delete-role --role-name ops"),
    Case(
      target: Sample.role, change: .deleted(isWithOwner: true), former: known,
      command: "aws iam create-role --role-name ops --assume-role-policy-document \(quoted)"),
    Case(target: Sample.role, change: set, former: .unknown, command: nil),
    Case(target: Sample.role, change: set, former: .none, command: nil),
    Case(
      target: managed, change: .created(other, version: "v1"), former: .none,
      command: "aws iam delete-policy --policy-arn \(arn)"),
    Case(
      target: managed, change: .version(other, id: "v2", isDefault: true),
      former: .set(PolicyText(document), version: "v1", by: Sample.event(1)),
      command: "aws iam set-default-policy-version --policy-arn \(arn) --version-id v1"),
    Case(
      target: managed, change: .version(other, id: "v2", isDefault: true), former: known,
      command: "aws iam create-policy-version --policy-arn \(arn) --policy-document \(quoted) --set-as-default"),
    Case(
      target: managed, change: .version(other, id: "v2", isDefault: false), former: .unknown,
      command: "aws iam delete-policy-version --policy-arn \(arn) --version-id v2"),
    Case(
      target: managed, change: .defaultVersion("v1"), former: .set(nil, version: "v3", by: Sample.event(1)),
      command: "aws iam set-default-policy-version --policy-arn \(arn) --version-id v3"),
    Case(
      target: managed, change: gone, former: known,
      command: "aws iam create-policy --path /team/ --policy-name dev --policy-document \(quoted)"),
    Case(
      target: Sample.inline, change: set, former: known,
      command: "aws iam put-user-policy --policy-name own --user-name alice --policy-document \(quoted)"),
    Case(
      target: Sample.inline, change: set, former: .deleted(by: Sample.event(1)),
      command: "aws iam delete-user-policy --policy-name own --user-name alice"),
    Case(
      target: Sample.bucket, change: gone, former: known,
      command: "aws s3api put-bucket-policy --bucket files --policy \(quoted)"),
    Case(
      target: Sample.bucket, change: set, former: .deleted(by: Sample.event(1)),
      command: "aws s3api delete-bucket-policy --bucket files"),
    Case(target: Sample.bucket, change: .deleted(isWithOwner: true), former: known, command: nil),
    Case(
      target: resource("queue", "https://q"), change: .deleted(isWithOwner: true), former: known, command: nil),
    Case(target: Sample.bucket, change: gone, former: .deleted(by: Sample.event(1)), command: nil),
    Case(
      target: resource("key"), change: set, former: known,
      command: "aws kms put-key-policy --key-id x --policy-name default --region eu-west-1 --policy \(quoted)"),
    Case(
      target: resource("secret"), change: set, former: .deleted(by: Sample.event(1)),
      command: "aws secretsmanager delete-resource-policy --region eu-west-1 --secret-id x"),
    Case(
      target: resource("repository"), change: set, former: known,
      command: "aws ecr set-repository-policy --region eu-west-1 --repository-name x --policy-text \(quoted)"),
    Case(
      target: resource("topic", "arn:aws:sns:eu-west-1:111122223333:x"), change: set, former: known,
      command: "aws sns set-topic-attributes --attribute-name Policy --region eu-west-1 "
        + "--topic-arn arn:aws:sns:eu-west-1:111122223333:x --attribute-value \(quoted)"),
    Case(
      target: resource("queue", "https://sqs.eu-west-1.amazonaws.com/1/x"), change: set,
      former: .deleted(by: Sample.event(1)),
      command: "aws sqs set-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/1/x --region eu-west-1 "
        + #"--attributes '{"Policy":""}'"#),
    Case(
      target: resource("function", name: "f:live", "open"), change: .created(other, version: nil), former: .none,
      command: "aws lambda remove-permission --function-name f --qualifier live --region eu-west-1 --statement-id open"),
    Case(target: resource("function", name: "f", "open"), change: gone, former: known, command: nil),
  ]

  @Test("A command for each kind of policy and change, and none where the former policy is not known")
  func commands() {
    for one in Self.cases {
      let change = PolicyChange(PolicySetting(target: one.target, change: one.change), former: one.former)
      #expect(change.restore == one.command, "\(one.target) \(one.change) \(one.former.state)")
    }
  }

  @Test("A version that was deleted is made again from its text, without being put in force")
  func deletedVersion() {
    let change = PolicyChange(
      PolicySetting(target: Self.managed, change: .versionDeleted("v2")), former: Self.known,
      versionText: PolicyText(Self.document))
    #expect(
      change.restore == "aws iam create-policy-version --policy-arn \(Self.arn) --policy-document \(Self.quoted)")
  }

  /// What a shell makes of words.
  private func shell(_ words: String) throws -> [String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", #"aws() { printf '%s\0' "$@"; }; "# + words]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  @Test("A shell takes every quoted text as one word, unchanged")
  func quoting() throws {
    let texts = [
      "", "plain", "it's", "'", "''", #"\"#, #"\'"#, "$(touch /tmp/x) `id` $HOME", "a\nb", "*?[a]", "~root", "-rf",
      "#x",
      "a;b&&c|d>e<f", "!x", "é☃\u{202E}", #"{"a":"\"b\\"}"#, "\t ", "a'\n'; exit 3 #",
    ]
    #expect(try shell("aws " + texts.map(ShellWord.quoted).joined(separator: " ")) == texts)
  }

  @Test("Random texts come through a shell unchanged", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func randomQuoting(_ seed: UInt64) throws {
    print("random shell words, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let letters = Array(#"ab'"\$`!*?[]{}()<>|&;# ~=-%^,.:/@é☃"# + "\n\t")
    let texts = (0..<400).map { _ in
      String((0..<Int.random(in: 0...12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
    #expect(try shell("aws " + texts.map(ShellWord.quoted).joined(separator: " ")) == texts, "seed \(seed)")
  }

  @Test("The policy that a restoring command hands over means what the former policy meant")
  func roundTrip() throws {
    let text =
      "{\n \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"*\","
      + " \"Condition\": {\"StringLike\": {\"aws:username\": \"o'\\\"$(id)\\\\ \u{202E}é\\u001b\u{9B}😀\u{E0041}\"}}}}"
    let change = Sample.change(from: text, to: Sample.policy())
    let words = try shell(try #require(change.restore))
    #expect(words.prefix(4) == ["iam", "update-assume-role-policy", "--role-name", "ops"])
    let document = try #require(words.last)
    #expect(try JSONValue(parsing: document) == (try JSONValue(parsing: text)))
    // Nothing that a terminal would obey or hide is in it.
    #expect(document.unicodeScalars.allSatisfy(SafeJSON.isVisible))
    #expect(document.contains("é") && document.contains("😀") && document.contains("\\u202e"))
  }

  @Test("A name that no resource can have gives no command; a leading hyphen starts no option")
  func names() {
    func restore(_ name: String) -> String? {
      let target = PolicyTarget(kind: .trust, type: "role", name: name, account: Sample.home)
      return PolicyChange(
        PolicySetting(target: target, change: .created(Self.other, version: nil)), former: .none
      ).restore
    }
    #expect(restore("a\u{1B}[31m") == nil)
    #expect(restore("a\nb") == nil)
    #expect(restore("\u{202E}x") == nil)
    #expect(restore("file:///etc/passwd") == nil)
    #expect(restore("") == nil)
    #expect(restore("-x") == "aws iam delete-role --role-name=-x")
    #expect(restore("$(id)") == "aws iam delete-role --role-name '$(id)'")
  }
}
