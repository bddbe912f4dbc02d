import TestSupport
import Testing

@testable import CloudTrail

struct EntityKindTests {
  @Test(
    "What an ARN names is told by its third and its sixth part, wherever it ends",
    arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func arns(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var met: Set<EntityKind> = []
    for _ in 0..<6_000 {
      let text =
        "arn:"
        + (0..<Int.random(in: 0...14, using: &random)).map { _ in
          [
            ":", ":", ":", ":", ":", "/", "s3", "user", "key", "instance", "x", "é", "AWSServiceRoleFor",
            "aws-service-role",
          ].randomElement(using: &random) ?? ""
        }.joined()
      let bytes = Array(text.utf8)
      bytes.withUnsafeBufferPointer { id in
        let kind = EntityKind(target: id, isOfIAM: false)
        #expect(kind == Self.kind(text), "seed \(seed): \(text)")
        #expect(
          EntityKind.type(ofARN: id).map { String(decoding: $0, as: UTF8.self) } == Self.type(text),
          "seed \(seed): \(text)")
        met.insert(kind)
      }
    }
    #expect(met == [.service, .user, .host, .other], "seed \(seed)")
    Array("am:aws".utf8).withUnsafeBufferPointer { #expect(EntityKind.type(ofARN: $0) == nil) }
  }

  private static func parts(_ arn: String) -> [Substring] {
    arn.split(separator: ":", omittingEmptySubsequences: false)
  }

  private static func type(_ arn: String) -> String {
    let parts = parts(arn)
    return parts.count < 6 ? "" : String(parts[5].prefix { $0 != "/" })
  }

  private static func kind(_ arn: String) -> EntityKind {
    if arn.contains("/AWSServiceRoleFor") || arn.contains("/aws-service-role/") { return .service }
    switch type(arn) {
    case "user": return .user
    case "instance": return .host
    case "key": return .service
    default: return parts(arn).dropFirst(2).first == "s3" ? .service : .other
    }
  }
}
