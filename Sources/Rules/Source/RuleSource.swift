/// Where a rule was read from: finds its fields in the text again when a message needs their place.
public struct RuleSource: Sendable {
  package enum Format: Sendable { case toml, json, yaml }

  /// Which part of a field a place means.
  public enum Part: Sendable { case key, value }

  /// The file's path as it was given or found.
  public let file: String
  let format: Format
  let text: SourceText
  /// The bytes that hold the rule's document; all of a TOML file.
  let range: Range<Int>
  /// Where `range` starts.
  let start: SourcePosition
  /// The steps from the document's root to the rule.
  let root: [RuleKeyPath.Step]

  package init(
    file: String, format: Format, text: SourceText, range: Range<Int>, start: SourcePosition,
    root: [RuleKeyPath.Step] = []
  ) {
    self.file = file
    self.format = format
    self.text = text
    self.range = range
    self.start = start
    self.root = root
  }

  /// The same text, with the rule further down in its document.
  package func below(_ steps: [RuleKeyPath.Step]) -> RuleSource {
    RuleSource(file: file, format: format, text: text, range: range, start: start, root: root + steps)
  }

  /// The comments that a TOML file begins with, before anything else: their lines, from 1, and what follows the `#`.
  public var openingComments: [(line: Int, text: String)] {
    guard format == .toml else { return [] }
    var comments: [(line: Int, text: String)] = []
    for (at, line) in text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let content = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
      guard let first = content.first else { continue }
      guard first == UInt8(ascii: "#") else { break }
      comments.append((at + 1, String(decoding: content.dropFirst(), as: UTF8.self)))
    }
    return comments
  }

  /// The lines of the rule's document, from 1: of a file that holds several, those of one.
  public var lines: ClosedRange<Int> {
    start.line...(start.line + text.bytes[range].count { $0 == UInt8(ascii: "\n") })
  }

  /// Where the rule starts.
  public var position: SourcePosition {
    root.isEmpty ? start : position(of: RuleKeyPath()) ?? start
  }

  /// The place of a field of the rule, or of its value; nil when the text has no such field.
  public func position(of path: RuleKeyPath, _ part: Part = .key) -> SourcePosition? {
    if format == .yaml { return SigmaKeyLocator.position(of: path, part, in: text.bytes[range], line: start.line) }
    for spelling in path.spellings {
      if let found = position(absolute: root + spelling, part) { return found }
    }
    return nil
  }

  /// The place of a field, or of the nearest thing around it that the text has.
  public func nearestPosition(of path: RuleKeyPath, _ part: Part = .key) -> SourcePosition {
    if let exact = position(of: path, part) { return exact }
    var steps = path.steps
    while let last = steps.popLast() {
      // What is read as a list may be written as a single value.
      if case .index = last, let single = position(of: RuleKeyPath(steps: steps), part) { return single }
      if let around = position(of: RuleKeyPath(steps: steps)) { return around }
    }
    return start
  }

  /// The place in the file of a line and a column within a string value, as a query; nil when the field is no string.
  ///
  /// Line and column count from 1; columns count Unicode scalars. Escapes, folded lines and indentation are respected.
  public func position(inValueOf path: RuleKeyPath, line: Int, column: Int) -> SourcePosition? {
    for spelling in path.spellings {
      let steps = root + spelling
      let scalars =
        switch format {
        case .toml: TOMLKeyLocator.scalars(of: steps, in: text.bytes)
        case .json: JSONKeyLocator.scalars(of: steps, in: text.bytes[range])
        case .yaml: nil as LocatedScalars?
        }
      if let scalars { return position(at: scalars.offset(line: line, column: column)) }
    }
    return nil
  }

  /// The place of a path that starts at the document's root, for tables beside the rule.
  func position(absolute steps: [RuleKeyPath.Step], _ part: Part = .key) -> SourcePosition? {
    let located =
      switch format {
      case .toml: TOMLKeyLocator.locate(steps, in: text.bytes)
      case .json: JSONKeyLocator.locate(steps, in: text.bytes[range])
      case .yaml: nil as LocatedValue?
      }
    return located.map { position(at: part == .key ? $0.key : $0.value) }
  }

  private func position(at offset: Int) -> SourcePosition {
    text.position(at: range.lowerBound + offset, from: range.lowerBound, startingAt: start)
  }
}
