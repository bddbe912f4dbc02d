/// Lays a TOML document out: tables and keys in the order that rules have, arrays on one line or an element a line,
/// queries between `'''`, prose between `"""`, long lines folded.
struct TOMLPrinter {
  /// Lines end here, unless a word is longer.
  static let columns = 120
  /// Folded prose leaves a margin.
  private static let foldedColumns = 119

  private var output = ""

  /// The document's text. `root` is the path of its top in a rule file: `rule` where the rule's fields stand there.
  static func text(_ document: TOMLDocument, root: [String] = []) -> String {
    var printer = TOMLPrinter()
    printer.lines(document.head)
    if !document.head.isEmpty { printer.output += "\n" }
    printer.section(document.root, path: [], context: root, isArray: false)
    if !document.tail.isEmpty, !printer.output.isEmpty, !printer.output.hasSuffix("\n\n") { printer.output += "\n" }
    printer.lines(document.tail)
    return printer.output
  }

  private mutating func lines(_ lines: [String]) {
    for line in lines { output += line + "\n" }
  }

  private mutating func section(_ section: TOMLSection, path: [String], context: [String], isArray: Bool) {
    if section.hasHeader || !path.isEmpty && (!section.entries.isEmpty || !section.tail.isEmpty) {
      if !output.isEmpty, !output.hasSuffix("\n\n") { output += "\n" }
      lines(section.lead)
      let name = TOMLStringForm.key(path)
      output += (isArray ? "[[\(name)]]" : "[\(name)]") + comment(section.trail) + "\n"
    }
    for entry in RuleFieldOrder.sorted(section.entries, in: context, name: { $0.key[0] }) {
      lines(entry.lead)
      let key = TOMLStringForm.key(entry.key) + " = "
      output += key
      output += value(entry.item, key: entry.key.last ?? "", indent: "", before: key.unicodeScalars.count, after: 0)
      output += comment(entry.trail) + "\n"
    }
    lines(section.tail)
    for child in RuleFieldOrder.sorted(section.children, in: context, name: \.name) {
      for one in child.sections {
        self.section(one, path: path + [child.name], context: context + [child.name], isArray: child.isArray)
      }
    }
  }

  private func comment(_ text: String?) -> String { text.map { " " + $0 } ?? "" }

  // MARK: Values

  /// A value after `before` columns of its line, of which it leaves `after` to what follows.
  private func value(_ item: TOMLItem, key: String, indent: String, before: Int, after: Int) -> String {
    switch item {
    case .string(let text):
      if item.holdsLines { return TOMLStringForm.block(text, prefersLiteral: Self.isQuery(key)) }
      let line = TOMLStringForm.oneLine(text)
      guard before + line.unicodeScalars.count + after > Self.columns, !Self.isQuery(key) else { return line }
      return TOMLStringForm.folded(text, indent: indent, columns: Self.foldedColumns) ?? line
    case .bare(let text): return text
    case .array(let elements, let tail):
      if !item.holdsComments, !item.holdsLines {
        let line = Self.oneLine(item)
        if before + line.unicodeScalars.count + after <= Self.columns { return line }
      }
      return array(elements, tail, key: key, indent: indent)
    case .inline(let members):
      guard item.holdsComments else { return Self.oneLine(item) }
      // Within braces only an array may go over several lines.
      let parts = members.map { member in
        TOMLStringForm.key(member.key) + " = "
          + (member.item.holdsComments
            ? value(member.item, key: member.key.last ?? "", indent: indent, before: 0, after: 0)
            : Self.oneLine(member.item))
      }
      return "{ " + parts.joined(separator: ", ") + " }"
    }
  }

  private func array(_ elements: [TOMLElement], _ tail: [String], key: String, indent: String) -> String {
    guard !elements.isEmpty || !tail.isEmpty else { return "[]" }
    let inner = indent + "    "
    var text = "[\n"
    for element in elements {
      for line in element.lead { text += inner + line + "\n" }
      text += inner + value(element.item, key: key, indent: inner, before: inner.count, after: 1) + ","
      text += comment(element.trail) + "\n"
    }
    for line in tail { text += inner + line + "\n" }
    return text + indent + "]"
  }

  /// A value without comments, on one line.
  static func oneLine(_ item: TOMLItem) -> String {
    switch item {
    case .string(let text): return TOMLStringForm.oneLine(text)
    case .bare(let text): return text
    case .array(let elements, _): return "[" + elements.map { oneLine($0.item) }.joined(separator: ", ") + "]"
    case .inline(let members):
      guard !members.isEmpty else { return "{}" }
      return "{ "
        + members.map { TOMLStringForm.key($0.key) + " = " + oneLine($0.item) }.joined(separator: ", ") + " }"
    }
  }

  private static func isQuery(_ key: String) -> Bool { key == "query" || key == "threat_query" }
}
