import Testing

@testable import Rules

@Suite struct AttackCatalogTests {
  let catalog = AttackCatalog.enterprise

  @Test func `A technique is found by its identifier`() throws {
    let technique = try #require(catalog.technique("T1078"))
    #expect(technique.name == "Valid Accounts")
    #expect(technique.tacticIDs == ["TA0001", "TA0003", "TA0004", "TA0005"])
    #expect(technique.status == .current)
    #expect(!technique.isSubtechnique && technique.parentID == nil)
    #expect(technique.reference == "https://attack.mitre.org/techniques/T1078/")
  }

  @Test func `A sub-technique is found by its identifier`() throws {
    let technique = try #require(catalog.technique("T1078.004"))
    #expect(technique.name == "Cloud Accounts")
    #expect(technique.isSubtechnique && technique.parentID == "T1078")
    #expect(technique.reference == "https://attack.mitre.org/techniques/T1078/004/")
    #expect(catalog.subtechniques(of: "T1078").map(\.id) == ["T1078.001", "T1078.002", "T1078.003", "T1078.004"])
  }

  @Test func `A tactic is found by its identifier`() throws {
    let tactic = try #require(catalog.tactic("TA0004"))
    #expect(tactic.name == "Privilege Escalation")
    #expect(tactic.shortName == "privilege-escalation")
    #expect(tactic.reference == "https://attack.mitre.org/tactics/TA0004/")
  }

  @Test(arguments: ["T9999", "T1078.999", "TA0004", "t1078", "T1078.", "T1078 ", "", "T1078.004.001", "é"])
  func `No technique has a made-up identifier`(id: String) {
    #expect(catalog.technique(id) == nil)
    #expect(catalog.subtechniques(of: id).isEmpty)
  }

  @Test(arguments: ["TA9999", "T1078", "ta0004", ""])
  func `No tactic has a made-up identifier`(id: String) {
    #expect(catalog.tactic(id) == nil)
  }

  @Test func `A revoked technique names the one that replaced it`() {
    #expect(catalog.technique("T1002")?.status == .revoked(replacedBy: "T1560"))
    #expect(catalog.technique("T1108")?.status != .current)
  }

  @Test func `Every technique serves tactics that exist, and every sub-technique has its technique`() {
    #expect(catalog.version == "18.1")
    #expect(catalog.tactics.count == 14)
    #expect(catalog.techniques.count == 835)
    for technique in catalog.techniques {
      #expect(!technique.name.isEmpty)
      if technique.status == .current { #expect(!technique.tacticIDs.isEmpty) }
      #expect(technique.tacticIDs.allSatisfy { catalog.tactic($0) != nil })
      if let parent = technique.parentID { #expect(catalog.technique(parent) != nil) }
      if case .revoked(let other?) = technique.status { #expect(catalog.technique(other) != nil) }
    }
  }
}
