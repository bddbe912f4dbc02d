/// `GROK`: takes a text apart by named patterns.
struct ESQLGrok: Sendable {
  private struct Capture: Sendable {
    var column: Int
    var groups: [Int]
  }

  private let regexes: [(regex: BacktrackingRegex, captures: [Capture])]
  private let columns: [(name: String, type: DataType)]

  /// - Parameter command: where the command stands, for patterns that do not go together.
  static func extractor(
    _ patterns: [ESQLWritten], at command: Range<Int>? = nil
  ) throws(TypeFault) -> ESQLExtractor {
    var regexes: [(BacktrackingRegex, [Capture])] = []
    var columns: [(name: String, type: DataType)] = []
    for pattern in patterns {
      var clash: String?
      do throws(EvaluationFault) {
        let expanded = try GrokPatterns.expanded(pattern.text)
        let regex: BacktrackingRegex
        do throws(BacktrackingRegex.Fault) {
          regex = try BacktrackingRegex(expanded.regex, .ruby)
        } catch {
          throw EvaluationFault(error.message)
        }
        var captures: [Capture] = []
        for (name, groups) in regex.names {
          let (column, type) = expanded.columns[name] ?? (name, .keyword)
          if let known = columns.firstIndex(where: { $0.name == column }) {
            guard columns[known].type == type else {
              clash = column
              throw EvaluationFault("the attribute [\(column)] is defined multiple times with different types")
            }
            if let own = captures.firstIndex(where: { $0.column == known }) {
              captures[own].groups += groups
            } else {
              captures.append(Capture(column: known, groups: groups))
            }
          } else {
            columns.append((column, type))
            captures.append(Capture(column: columns.count - 1, groups: groups))
          }
        }
        for at in captures.indices { captures[at].groups.sort() }
        regexes.append((regex, captures))
      } catch {
        guard clash == nil else {
          throw TypeFault("Invalid GROK pattern [\(pattern.text)]: \(error.message)", at: command ?? pattern.range)
        }
        throw TypeFault("Invalid GROK pattern [\(pattern.text)]: [\(error.message)]", at: pattern.range)
      }
    }
    let grok = ESQLGrok(regexes: regexes, columns: columns)
    return ESQLExtractor(columns: columns) { text throws(EvaluationFault) in try grok.cells(text) }
  }

  private func cells(_ text: String) throws(EvaluationFault) -> [Cell]? {
    var text = text
    for (regex, captures) in regexes {
      let found: [(column: Int, values: [String])]?
      do {
        found = try text.withUTF8 { bytes in
          try regex.firstMatch(in: bytes).map { match in
            captures.map { capture in
              (
                capture.column,
                capture.groups.compactMap { group in
                  group < match.count
                    ? match[group].map { String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self) }
                    : nil
                }
              )
            }
          }
        }
      } catch {
        throw EvaluationFault("\((error as? BacktrackingRegex.Fault)?.message ?? "\(error)")")
      }
      guard let found else { continue }
      var cells = [Cell](repeating: .none, count: columns.count)
      for (column, values) in found {
        let type = columns[column].type
        var converted: [Value] = []
        for value in values { converted.append(try ESQLConversion.value(.text(value), from: .keyword, to: type)) }
        cells[column] = Cell(converted)
      }
      return cells
    }
    return nil
  }
}
