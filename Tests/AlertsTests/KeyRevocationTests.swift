import Events
import TestSupport
import Testing

@testable import Alerts

@Suite("A key is revoked by its id or the start of it")
struct KeyRevocationTests {
  private let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func store(_ scratch: Scratch, _ ids: [String]) throws -> AlertStore {
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    for id in ids {
      try store.add(keyID: id, name: "n-\(id)", role: "read", code: [1], expiresAt: nil, by: "root", at: now)
    }
    return store
  }

  private func refusal(_ id: String, _ store: AlertStore) -> String {
    do {
      return "revoked \(try store.revoke(keyID: id, by: "root", at: now).id)"
    } catch {
      return "\(error)"
    }
  }

  @Test("A start that one key's id has revokes that key, once, and its whole id stands in the audit log")
  func start() throws {
    let scratch = try Scratch()
    let store = try store(scratch, ["kQ3vX9sT", "kq3vAAAA", "kLmnop"])
    #expect(try store.revoke(keyID: "kQ3v", by: "root", at: now).revokedAt == nil)
    #expect(try store.revoke(keyID: "kQ3vX9", by: "root", at: now).revokedAt == now)
    #expect(try store.keys().filter { $0.revokedAt != nil }.map(\.id) == ["kQ3vX9sT"])
    let told = try store.auditToStore(limit: 100).compactMap(\.document).filter {
      $0["event"]?["action"] == "key-revoked"
    }
    #expect(told.map { $0["martlet"]?["audit"]?["target"] } == ["kQ3vX9sT"])
  }

  @Test("A start that several have, that is too short, or that none has revokes none, and says why")
  func refused() throws {
    let scratch = try Scratch()
    let store = try store(scratch, ["kAbcdef1", "kAbcdef2", "kAbcdef3", "kAbc"])
    #expect(refusal("kAbcd", store) == "3 keys have ids that start with “kAbcd”; give more of the one that is meant")
    #expect(refusal("kAb", store).contains("at least 4 characters"))
    #expect(refusal("", store).contains("at least 4 characters"))
    for id in ["kAbcdef4", "k%%%", "k___", "kabcdef1", "kAbcdef12"] {
      #expect(refusal(id, store).contains("there is no key"), "\(id)")
    }
    #expect(try store.keys().allSatisfy { $0.revokedAt == nil })
    // A whole id is that key's, though others begin with it.
    #expect(refusal("kAbc", store) == "revoked kAbc")
  }
}
