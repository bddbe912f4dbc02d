import Events

extension Predicate {
  /// Hands on, piece by piece, bytes that two predicates have in common if and only if they are equal: the same in every
  /// process, so that a hash of them may stand beside what was answered.
  public func write(to output: inout some PredicateOutput) {
    switch self {
    case .all: output.mark("*")
    case .nothing: output.mark("0")
    case .and(let parts), .or(let parts):
      if case .and = self { output.mark("&") } else { output.mark("|") }
      output.write(count: parts.count)
      for part in parts { part.write(to: &output) }
    case .not(let inner):
      output.mark("!")
      inner.write(to: &output)
    case .exists(let field):
      output.mark("?")
      field.write(to: &output)
    case .test(let field, let test):
      output.mark("=")
      field.write(to: &output)
      test.write(to: &output)
    case .holds(let condition):
      output.mark("x")
      output.write(condition.text)
    case .nested(let path, let inner):
      output.mark("{")
      output.write(path.text)
      output.write(path.ignoresUnmapped)
      inner.write(to: &output)
    }
  }
}

/// Takes the bytes of predicates and of what stands beside them.
public protocol PredicateOutput {
  /// Takes the next bytes, which are there until it returns.
  mutating func append(_ bytes: UnsafeRawBufferPointer)
}

extension PredicateOutput {
  /// A sign that tells what follows.
  public mutating func mark(_ sign: Unicode.Scalar) {
    withUnsafeBytes(of: UInt8(ascii: sign)) { append($0) }
  }

  /// A number.
  public mutating func write(count: Int) {
    withUnsafeBytes(of: UInt64(count).littleEndian) { append($0) }
  }

  /// A text with its length before it.
  public mutating func write(_ text: String) {
    var text = text
    text.withUTF8 {
      write(count: $0.count)
      append(UnsafeRawBufferPointer($0))
    }
  }

  /// Yes or no.
  public mutating func write(_ flag: Bool) { mark(flag ? "1" : "0") }
}

extension FieldSelector {
  fileprivate func write(to output: inout some PredicateOutput) {
    switch self {
    case .named(let path):
      // What was answered before these could be asked for holds no longer.
      output.mark(DocumentNames.contains(path) ? "d" : "n")
      output.write(path)
    case .matching(let pattern):
      output.mark("m")
      pattern.write(to: &output)
    case .any: output.mark("a")
    case .lenient(let inner):
      output.mark("l")
      inner.write(to: &output)
    }
  }
}

extension ValueTest {
  fileprivate func write(to output: inout some PredicateOutput) {
    switch self {
    case .match(let text):
      output.mark("m")
      output.write(text)
    case .phrase(let text):
      output.mark("p")
      output.write(text)
    case .wildcard(let pattern):
      output.mark("w")
      pattern.write(to: &output)
    case .term(let text):
      output.mark("t")
      output.write(text)
    case .termPattern(let pattern):
      output.mark("q")
      pattern.write(to: &output)
    case .regex(let regex):
      output.mark("x")
      output.write(regex.ignoresCase)
      output.write(regex.pattern)
      if regex.flags != .all {
        output.mark("o")
        output.write(count: regex.flags.rawValue)
      }
    case .range(let lower, let upper):
      output.mark("r")
      for bound in [lower, upper] {
        output.write(bound != nil)
        guard let bound else { continue }
        output.write(bound.inclusive)
        if bound.isLowered { output.mark("i") }
        if let zone = bound.zone {
          output.mark("z")
          output.write(zone.name)
        }
        if let format = bound.format {
          output.mark("f")
          output.write(format.text)
        }
        output.write(bound.value)
      }
    case .words(let asked):
      output.mark("v")
      asked.write(to: &output)
    case .inZone(let inner, let zone):
      output.mark("z")
      output.write(zone.name)
      inner.write(to: &output)
    case .sigma(let asked):
      output.mark("s")
      output.write(asked.text)
    case .list(let list):
      output.mark("l")
      output.write(list.kind.rawValue)
      output.write(count: list.count)
      // Lists with the same values are equal, whatever their order.
      for value in list.values.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { output.write(value) }
    }
  }
}

extension WordTest {
  fileprivate func write(to output: inout some PredicateOutput) {
    switch self {
    case .near(let text, let moves):
      output.mark("n")
      output.write(text)
      output.write(count: moves)
    case .beginning(let text):
      output.mark("b")
      output.write(text)
    case .some(let count):
      output.mark("w")
      output.write(count: count.words.count)
      for word in count.words { output.write(word) }
      output.write(count: count.least)
      output.write(count.whole != nil)
      if let whole = count.whole { output.write(whole) }
      output.write(count.isPrefix)
      switch count.fuzziness {
      case nil: output.mark("-")
      case .edits(let edits):
        output.mark("e")
        output.write(count: edits)
      case .auto(let low, let high):
        output.mark("a")
        output.write(count: low)
        output.write(count: high)
      }
      output.write(count: count.fixedLetters)
      if let source = count.source {
        output.mark("c")
        output.write(String(describing: source))
      }
    }
  }
}

extension WildcardPattern {
  fileprivate func write(to output: inout some PredicateOutput) {
    output.write(ignoresCase)
    output.write(isWildcardQuery)
    output.write(count: parts.count)
    for part in parts {
      switch part {
      case .literal(let text):
        output.mark("t")
        output.write(text)
      case .anyRun: output.mark("*")
      case .anyCharacter: output.mark("?")
      }
    }
  }
}
