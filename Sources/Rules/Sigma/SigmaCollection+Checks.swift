import Events
import Query

/// What Sigma documents must have.
extension SigmaCollection {
  /// Whether a document has what it must have.
  mutating func check(_ document: SigmaDocument) -> Bool {
    let before = diagnostics.count { $0.severity == .error }
    let node = document.node
    let top = node.place
    if let title = node["title"], !title.isNull, title.scalarText == nil {
      error(document, title.place, "`title` must be a text, and is \(title.kindName)")
    } else if node["title"]?.scalarText == nil {
      error(document, node["title"]?.place ?? top, "the document has no `title`")
    } else if let title = node["title"]?.scalarText, title.count > 256 {
      error(
        document, node["title"]?.place ?? top, "the title has \(title.count) characters, and at most 256 are allowed")
    }
    if let id = node["id"], !id.isNull, !Self.isUUID(id.scalarText ?? "") {
      error(document, id.place, "“\(id.scalarText?.prefix(60) ?? "")” is no UUID")
    }
    if let level = node["level"], !level.isNull,
      level.scalarText.flatMap({ SigmaLevel(rawValue: $0.lowercased()) }) == nil
    {
      error(
        document, level.place,
        "“\(level.scalarText?.prefix(40) ?? "")” is no level; there are \(SigmaLevel.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    if let status = node["status"], !status.isNull,
      !SigmaRuleMaker.statuses.contains(status.scalarText?.lowercased() ?? "")
    {
      error(
        document, status.place,
        "“\(status.scalarText?.prefix(40) ?? "")” is no status; there are \(SigmaRuleMaker.statuses.joined(separator: ", "))"
      )
    }
    for key in ["date", "modified"] {
      if let date = node[key], !date.isNull, SigmaRuleMaker.date(date.scalarText ?? "") == nil {
        error(
          document, date.place,
          "`\(key)` must be a date as 2026-01-31, and is “\(date.scalarText?.prefix(40) ?? date.kindName.prefix(40))”")
      }
    }
    for key in ["references", "falsepositives", "fields", "scope", "tags"] {
      if let list = node[key], !list.isNull, list.list == nil {
        error(document, list.place, "`\(key)` must be a list, and is \(list.kindName)")
      }
    }
    for tag in node["tags"]?.list ?? [] where tag.scalarText?.contains(".") != true {
      warn(
        document, tag.place,
        "the tag “\(tag.scalarText?.prefix(60) ?? "")” has no namespace, as `attack.` in `attack.t1078`")
    }
    for tag in node["tags"]?.list ?? [] {
      guard let text = tag.scalarText?.lowercased(), text.hasPrefix("attack.t"),
        text.dropFirst(8).first?.isNumber == true
      else { continue }
      let id = text.dropFirst(7).uppercased()
      if AttackCatalog.enterprise.technique(id) == nil {
        warn(
          document, tag.place,
          "ATT&CK \(AttackCatalog.enterprise.version) has no technique \(id): the tag is kept, and no threat made of it"
        )
      }
    }
    if document.kind == .correlation {
      for member in node["correlation"]?.map ?? [] where !SigmaCorrelation.keys.contains(member.key) {
        warn(document, member.place, "a correlation knows no `\(member.key.prefix(40))`; it has no effect")
      }
      do throws(SigmaFault) {
        _ = try SigmaCorrelation.generates(node)
      } catch {
        self.error(document, error.place, error.message)
      }
    }
    checkWords(document)
    if document.kind != .correlation {
      if let source = node["logsource"], source.map != nil {
        if SigmaLogSource(source).name.isEmpty {
          error(document, source.place, "`logsource` must name a category, a product or a service")
        }
      } else {
        error(document, node["logsource"]?.place ?? top, "the document has no `logsource`")
      }
    }
    if document.kind == .rule {
      if node["detection"] == nil { error(document, top, "the rule has no `detection`") }
      if let timeframe = node["detection"]?.map?.first(where: { $0.key == "timeframe" }) {
        warn(document, timeframe.place, "`timeframe` is of older rules and has no effect; write a correlation")
      }
    }
    return diagnostics.count { $0.severity == .error } == before
  }

  /// Checks what a document says of itself that is of no effect on what it finds.
  private mutating func checkWords(_ document: SigmaDocument) {
    let node = document.node
    if let name = node["name"], !name.isNull, name.scalarText?.isEmpty != false {
      error(document, name.place, "`name` must be a text that is not empty, and is \(name.kindName)")
    }
    for key in ["author", "description", "license"] {
      if let text = node[key], !text.isNull, text.scalarText == nil {
        error(document, text.place, "`\(key)` must be a text, and is \(text.kindName)")
      }
    }
    guard let related = node["related"], !related.isNull else { return }
    guard let entries = related.list else {
      return error(document, related.place, "`related` must be a list, and is \(related.kindName)")
    }
    let types = ["derived", "obsolete", "merged", "renamed", "similar", "correlation"]
    for entry in entries {
      if !Self.isUUID(entry["id"]?.scalarText ?? "") {
        error(document, entry.place, "an entry of `related` needs the `id` of a rule, a UUID")
      } else if let type = entry["type"], !type.isNull, !types.contains(type.scalarText?.lowercased() ?? "") {
        let what = type.scalarText.map { "“\($0.prefix(40))”" } ?? type.kindName
        error(
          document, type.place,
          "the `type` of an entry of `related` is \(what), and there are \(types.joined(separator: ", "))")
      } else if entry["type"]?.scalarText == nil {
        error(
          document, entry.place, "an entry of `related` needs a `type`; there are \(types.joined(separator: ", "))")
      }
    }
  }

  private static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
  }

  // MARK: Filters

  /// Whether a filter can be added to rules. One that cannot is left out, and the rules that it names run without it.
  mutating func checkFilter(_ document: SigmaDocument) -> Bool {
    guard let filter = document.node["filter"], let members = filter.map else {
      error(document, document.node["filter"]?.place ?? document.node.place, "`filter` must be a map")
      return false
    }
    guard let rules = filter["rules"] else {
      error(document, filter.place, "the filter has no `rules`: name rules, or write `any`")
      return false
    }
    for reference in rules.list ?? [rules] {
      guard let name = reference.text else {
        error(
          document, reference.place,
          "`rules` of a filter must name rules, or be `any`, and holds \(reference.kindName)")
        return false
      }
      guard name.lowercased() != "any" else { continue }
      if place(of: name) == nil {
        warn(document, reference.place, "the filter names the rule “\(name.prefix(60))”, which was not read")
      }
    }
    guard let condition = filter["condition"] else {
      error(document, filter.place, "the filter has no `condition`")
      return false
    }
    guard let text = condition.scalarText else {
      error(document, condition.place, "the condition of a filter must be one text")
      return false
    }
    do throws(SigmaFault) {
      let own = SigmaNode(.map(members.filter { $0.key != "rules" }), filter.place)
      // Placeholders are what Sigma calls `%name%` in a value, which the settings give values for.
      _ = try SigmaDetection(own, placeholders: settings.placeholders)
    } catch {
      // What is right and cannot be done hinders the rules that it is added to.
      if !error.isUnsupported {
        self.error(document, error.place, error.message)
        return false
      }
    }
    if !text.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == "(" }).contains("not") {
      warn(
        document, condition.place,
        "the filter has no `not`: its condition is added with `and`, so that only what fits it alerts")
    }
    return true
  }
}
