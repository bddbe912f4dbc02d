import JSON
import Testing

@testable import Policies

@Suite("Policy documents")
struct PolicyDocumentTests {
  private func grants(_ text: String) throws -> [PolicyGrant] {
    try PolicyDocument(try #require(PolicyText(text))).grants
  }

  @Test("One value and a list of it, any order, repetitions and labels mean the same")
  func sameMeaning() throws {
    let plain = try grants(
      #"{"Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["b","a"]}]}"#)
    let other = try grants(
      #"{"Statement":{"Resource":["a","b","a"],"Action":["S3:putobject","s3:GetObject"],"Effect":"Allow"}}"#)
    #expect(plain == other)
    let twice = try grants(
      #"{"Statement":[{"Sid":"A","Effect":"Deny","Action":"*"},{"Sid":"B","Effect":"Deny","Action":["*"]}]}"#)
    #expect(twice.count == 1)
  }

  @Test(
    "An account by its number is the account by its root, in every partition",
    arguments: [
      "arn:aws:iam::444455556666:root", "arn:aws-cn:iam::444455556666:root", "arn:aws-us-gov:iam::444455556666:root",
    ])
  func accounts(_ root: String) throws {
    let byNumber = try grants(Sample.policy(Sample.trust(#"{"AWS":"444455556666"}"#)))
    #expect(byNumber == (try grants(Sample.policy(Sample.trust(#"{"AWS":["\#(root)"]}"#)))))
    // Written without quotation marks it is a number.
    #expect(byNumber == (try grants(Sample.policy(Sample.trust(#"{"AWS":444455556666}"#)))))
  }

  @Test("A star is everybody, with the key AWS and without")
  func everybody() throws {
    #expect(
      try grants(Sample.policy(Sample.trust(#""*""#))) == (try grants(Sample.policy(Sample.trust(#"{"AWS":["*"]}"#)))))
  }

  @Test("Principals know their account where the name tells")
  func principalAccounts() {
    func account(_ kind: String, _ value: String) -> String? { PolicyPrincipal(kind: kind, value: value).account }
    #expect(account("AWS", "arn:aws:iam::444455556666:user/team/bob") == "444455556666")
    #expect(account("AWS", "arn:aws-cn:sts::444455556666:assumed-role/x/y") == "444455556666")
    #expect(account("Federated", "arn:aws:iam::444455556666:saml-provider/idp") == "444455556666")
    #expect(account("AWS", "AIDACKCEVSQ6C2EXAMPLE") == nil)
    #expect(account("Service", "ec2.amazonaws.com") == nil)
    #expect(account("AWS", "arn:other:iam::444455556666:root") == nil)
    #expect(account("AWS", "arn:aws:iam::44445555666٦:root") == nil)
  }

  @Test("Names of elements count in any case, and unknown members are kept and compared")
  func names() throws {
    let document = try PolicyDocument(
      try #require(
        PolicyText(#"{"version":"2012-10-17","statement":[{"effect":"allow","ACTION":"*","Later":[1]}],"Extra":true}"#))
    )
    #expect(document.version == "2012-10-17")
    #expect(document.statements.first?.grant.others == ["Later": [1]])
    #expect(document.others == ["Extra": true])
  }

  @Test("A statement that stands alone is a policy of one statement")
  func bareStatement() throws {
    #expect(try grants(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#).count == 1)
  }

  @Test(
    "What cannot be read is refused with its cause",
    arguments: [
      ("no", "it is not JSON"), ("[]", "it is not an object"), ("{}", "it has no statement"),
      (#"{"Statement":"x"}"#, "it has no statement"), (#"{"Statement":[1]}"#, "statement 1 is a number, not an object"),
      (#"{"Statement":[{"Effect":"Allow"},{}]}"#, "statement 2 neither allows nor denies"),
      (#"{"Statement":{"Effect":"Allow","Action":{"a":1}}}"#, "statement 1 has an unreadable Action"),
      (#"{"Statement":{"Effect":"Allow","NotResource":[["x"]]}}"#, "statement 1 has an unreadable NotResource"),
      (#"{"Statement":{"Effect":"Allow","Principal":{"AWS":{}}}}"#, "statement 1 has an unreadable Principal"),
      (#"{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b"}}"#, "statement 1 has both Action and NotAction"),
      (#"{"Statement":{"Effect":"Allow","Condition":{"Bool":1}}}"#, "statement 1 has an unreadable Condition"),
    ])
  func faults(_ text: String, _ cause: String) throws {
    let text = try #require(PolicyText(text))
    #expect { try PolicyDocument(text) } throws: { ($0 as? PolicyFault)?.text == cause }
  }

  @Test(
    "Wildcards match as in policies",
    arguments: [
      ("iam:passrole", "iam:*", true), ("iam:passrole", "iam:pass*", true), ("iam:passrole", "*", true),
      ("iam:passrole", "iam:?assrole", true), ("iam:passrole", "iam:get*", false), ("iam:passrole", "*role", true),
      ("aaab", "*a*b", true), ("aaa", "a?", false), ("", "*", true), ("", "?", false), ("abc", "abc*", true),
    ])
  func wildcards(_ text: String, _ pattern: String, _ matches: Bool) {
    #expect(Wildcard.matches(text, pattern: pattern) == matches)
  }
}
