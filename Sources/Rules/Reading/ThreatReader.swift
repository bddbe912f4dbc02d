import JSON

/// Reads the part of a rule that names tactics and techniques.
enum ThreatReader {
  static func threat(_ reader: inout ObjectReader) -> Threat? {
    let framework = reader.string("framework") ?? "MITRE ATT&CK"
    let techniques = reader.objects("technique", technique) ?? []
    let tactic = reader.object("tactic") { reader -> ThreatTactic? in
      let id = reader.requiredString("id", "give the tactic's id, as TA0004")
      let name = reader.string("name") ?? ""
      let reference = reader.string("reference") ?? ""
      return id.map { ThreatTactic(id: $0, name: name, reference: reference) }
    }
    if !reader.has("tactic") { reader.missing("tactic", "each threat names the tactic that it serves") }
    return tactic.map { Threat(framework: framework, tactic: $0, techniques: techniques) }
  }

  private static func technique(_ reader: inout ObjectReader) -> ThreatTechnique? {
    let name = reader.string("name") ?? ""
    let reference = reader.string("reference") ?? ""
    let subtechniques =
      reader.objects("subtechnique") { reader -> ThreatSubtechnique? in
        let name = reader.string("name") ?? ""
        let reference = reader.string("reference") ?? ""
        let id = reader.requiredString("id", "give the subtechnique's id, as T1078.004")
        return id.map { ThreatSubtechnique(id: $0, name: name, reference: reference) }
      } ?? []
    guard let id = reader.requiredString("id", "give the technique's id, as T1078") else { return nil }
    return ThreatTechnique(id: id, name: name, reference: reference, subtechniques: subtechniques)
  }
}
