import Query

/// A document of a Sigma file: a rule, a correlation or a filter, before it is joined with others.
struct SigmaDocument: Sendable {
  enum Kind: Sendable { case rule, correlation, filter }

  var kind: Kind
  var node: SigmaNode
  var source: RuleSource
  /// The number of the document in its file, from 1.
  var number: Int

  var id: String? { node["id"]?.scalarText }
  var name: String? { node["name"]?.scalarText }
  var title: String { node["title"]?.scalarText ?? "document \(number)" }
  /// Where it stands, for messages.
  var logSource: SigmaLogSource { SigmaLogSource(node["logsource"] ?? SigmaNode(.map([]))) }

  func diagnostic(_ severity: Diagnostic.Severity, _ place: SigmaNode.Place, _ clause: String) -> Diagnostic {
    Diagnostic(severity, file: source.file, line: place.line, column: place.column, SigmaWords.sentence(clause))
  }
}

/// Reads the documents of a Sigma file.
enum SigmaReader {
  static func read(_ text: SourceText, file: String, isNamed: Bool, into result: inout RuleLoadResult) {
    let parts = SigmaYAML.documents(text.bytes)
    var documents: [SigmaDocument] = []
    var diagnostics: [Diagnostic] = []
    var (template, isSigma): (SigmaNode?, Bool) = (nil, false)
    func fault(_ place: SigmaNode.Place, _ clause: String, _ severity: Diagnostic.Severity = .error) {
      diagnostics.append(
        Diagnostic(severity, file: file, line: place.line, column: place.column, SigmaWords.sentence(clause)))
    }
    if parts.count > SigmaYAML.mostDocuments {
      fault(
        SigmaNode.Place(line: parts[SigmaYAML.mostDocuments].line, column: 1),
        "the file holds more than \(SigmaYAML.mostDocuments) documents; split it")
    }
    for (number, part) in parts.prefix(SigmaYAML.mostDocuments).enumerated() {
      var node: SigmaNode
      do throws(SigmaFault) {
        node = try SigmaYAML.read(part.text, line: part.line)
      } catch {
        // In a folder a file that is YAML of another kind may be anything.
        if isNamed || RulePathSurvey.isSigma(text.bytes) {
          isSigma = true
          fault(error.place, error.message)
        }
        continue
      }
      guard node.map != nil, Self.looksLikeSigma(node) else {
        if isNamed || isSigma {
          fault(node.place, "the document is no Sigma rule: it has no `detection`, `correlation` or `filter`")
        }
        continue
      }
      isSigma = true
      let source = RuleSource(
        file: file, format: .yaml, text: text, range: part.text.startIndex..<part.text.endIndex,
        start: SourcePosition(line: part.line, column: 1))
      let kind: SigmaDocument.Kind =
        node["correlation"] != nil ? .correlation : node["filter"] != nil ? .filter : .rule
      if let action = node["action"] {
        switch action.scalarText {
        case "global":
          template = Self.without("action", node)
          continue
        case "reset":
          template = nil
          continue
        case "repeat":
          guard let last = documents.last(where: { $0.kind == .rule }) else {
            fault(action.place, "`action: repeat` follows no rule")
            continue
          }
          node = Self.merged(last.node, Self.without("action", node))
          documents.append(SigmaDocument(kind: .rule, node: node, source: source, number: number + 1))
          continue
        case let other:
          fault(action.place, "`action: \(other?.prefix(40) ?? "")` is not known; there are global, reset and repeat")
          continue
        }
      }
      if kind == .rule, let template { node = Self.merged(node, template) }
      documents.append(SigmaDocument(kind: kind, node: node, source: source, number: number + 1))
    }
    // Of a file that was named, what its documents lack is said already.
    if !isSigma, !isNamed || diagnostics.isEmpty {
      diagnostics.append(
        Diagnostic(
          isNamed ? .error : .warning, file: file,
          "The file holds no Sigma rule\(isNamed ? "." : "; the file is passed over.")"))
    }
    result.sigma += documents
    result.diagnostics += diagnostics
  }

  private static func looksLikeSigma(_ node: SigmaNode) -> Bool {
    ["detection", "correlation", "filter", "action"].contains { node[$0] != nil }
      || node["title"] != nil && node["logsource"] != nil
  }

  private static func without(_ key: String, _ node: SigmaNode) -> SigmaNode {
    SigmaNode(.map((node.map ?? []).filter { $0.key != key }), node.place)
  }

  /// Two maps as one: maps within are merged too, and of everything else the second's counts.
  private static func merged(_ node: SigmaNode, _ over: SigmaNode) -> SigmaNode {
    guard let mine = node.map, let other = over.map else { return over }
    var members = mine
    for member in other {
      if let place = members.firstIndex(where: { $0.key == member.key }) {
        members[place].value = merged(members[place].value, member.value)
      } else {
        members.append(member)
      }
    }
    return SigmaNode(.map(members), node.place)
  }
}
