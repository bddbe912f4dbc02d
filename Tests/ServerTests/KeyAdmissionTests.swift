import Foundation
import Synchronization
import Testing
import Trust

@Suite("Who shows a key is admitted")
struct KeyAdmissionTests {
  private final class Directory: KeyDirectory {
    let keys = Mutex<[String: AccessKey]>([:])
    func accessKey(_ id: String) throws -> AccessKey? { keys.withLock { $0[id] } }
    func hasAccessKeys() throws -> Bool { keys.withLock { !$0.isEmpty } }
  }

  private static let refusal = AdmissionOutcome.refused("unable to authenticate with provided credentials")

  @Test("A key is shown as ApiKey, Basic or Bearer, in base64 or as it is, in whatever case the scheme is")
  func forms() throws {
    let directory = Directory()
    let (key, secret) = AccessKey.make(name: "web", role: .ingest, expiresAt: nil)
    directory.keys.withLock { $0[key.id] = key }
    let admission = KeyAdmission(directory, isOpenWithoutKeys: true) { 0 }
    let pair = "\(key.id):\(secret)"
    let encoded = Data(pair.utf8).base64EncodedString()
    let bare = encoded.replacing("=", with: "")
    for field in [
      "ApiKey \(encoded)", "apikey \(encoded)", "APIKEY  \(bare)", "Basic \(encoded)", "Bearer \(encoded)",
      "ApiKey \(pair)",
    ] {
      #expect(
        admission.admit(authorization: field, peer: "")
          == .admitted(Caller(name: "web (key \(key.id))", role: .ingest, keyID: key.id, keyName: "web")),
        "\(field)")
    }
    for wrong in [
      "ApiKey \(key.id):\(secret)x", "ApiKey \(key.id):\(secret.dropLast())", "ApiKey other:\(secret)",
      "Basic \(Data("\(key.id):x".utf8).base64EncodedString())",
    ] {
      #expect(admission.admit(authorization: wrong, peer: "") == Self.refusal, "\(wrong)")
    }
    for none in [
      nil, "", "ApiKey", "ApiKey !!!", "ApiKey \(Data("nocolon".utf8).base64EncodedString())", "Digest \(encoded)",
      "ApiKey :\(secret)", "ApiKey \(String(repeating: "A", count: 5000))", pair,
    ] {
      guard case .refused = admission.admit(authorization: none, peer: "") else {
        Issue.record("admitted: \(none ?? "nothing")")
        continue
      }
    }
  }

  @Test("Where keys cannot be looked up nobody is admitted, and nobody is told that a key is wrong")
  func unknown() {
    struct Broken: KeyDirectory {
      struct Failure: Error {}
      func accessKey(_ id: String) throws -> AccessKey? { throw Failure() }
      func hasAccessKeys() throws -> Bool { throw Failure() }
    }
    for isOpen in [true, false] {
      let outcome = KeyAdmission(Broken(), isOpenWithoutKeys: isOpen) { 0 }.admit(
        authorization: "ApiKey a:b", peer: "")
      #expect(outcome == .unavailable("keys cannot be looked up now"))
    }
  }

  @Test("Without any key everybody is admitted where only this machine can ask, and nobody elsewhere")
  func none() {
    let directory = Directory()
    #expect(
      KeyAdmission(directory, isOpenWithoutKeys: true) { 0 }.admit(authorization: nil, peer: "")
        == .admitted(.loopback))
    guard
      case .refused = KeyAdmission(directory, isOpenWithoutKeys: false, now: { 0 }).admit(authorization: nil, peer: "")
    else {
      Issue.record("admitted")
      return
    }
  }

  @Test("An expired key and a revoked one are taken no longer, and do not open the door by being the last")
  func ended() throws {
    let directory = Directory()
    let (key, secret) = AccessKey.make(name: "web", role: .admin, expiresAt: 1000)
    directory.keys.withLock { $0[key.id] = key }
    let now = Mutex<Int64>(999)
    let field = "ApiKey \(key.id):\(secret)"
    func admit(_ field: String?) -> AdmissionOutcome {
      KeyAdmission(directory, isOpenWithoutKeys: true) { now.withLock { $0 } }.admit(authorization: field, peer: "")
    }
    #expect(admit(field) == .admitted(Caller(key)))
    now.withLock { $0 = 1000 }
    #expect(admit(field) == Self.refusal)
    now.withLock { $0 = 0 }
    directory.keys.withLock { $0[key.id]?.isRevoked = true }
    #expect(admit(field) == Self.refusal)
    #expect(admit(nil) != .admitted(.loopback))
  }

  @Test("What is kept of a key is not the key, and no two keys are alike")
  func kept() {
    let made = (0..<100).map { _ in AccessKey.make(name: "a", role: .read, expiresAt: nil) }
    #expect(Set(made.map(\.key.id)).count == 100 && Set(made.map(\.secret)).count == 100)
    #expect(made.allSatisfy { $0.secret.utf8.count >= 43 && $0.key.code.count == 32 })
    #expect(made.allSatisfy { !$0.key.id.contains(":") && !"\($0.key)".contains($0.secret) })
  }
}
