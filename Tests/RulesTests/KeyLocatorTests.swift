import JSON
import Testing

@testable import Rules

@Suite("Finding keys in the text")
struct KeyLocatorTests {
  @Test("Places in strings of every kind are found, with escapes, folded lines and indentation")
  func placesInStrings() throws {
    let text = #"""
      [rule]
      a = "one\ntwo \u00e9x"
      b = 'lit\n'
      c = """
      first
        second \
            folded""""
      d = '''x
      y'z'''
      e = """start"""
      [[rule.t]]
      k.'q.r'."s\tu" = [{ v = "1" }, { v = "2" , w = [ "p", "q" ] }] # comment ]
      [[rule.t]]
      k = 1

      """#
    let source = RuleSource(
      file: "f", format: .toml, text: SourceText(Array(text.utf8)), range: 0..<text.utf8.count,
      start: SourcePosition(line: 1, column: 1), root: [.key("rule")])
    func place(_ key: RuleKeyPath, _ line: Int, _ column: Int) -> [Int]? {
      source.position(inValueOf: key, line: line, column: column).map { [$0.line, $0.column] }
    }
    #expect(place("a", 1, 1) == [2, 6])
    #expect(place("a", 2, 1) == [2, 11])
    #expect(place("a", 2, 5) == [2, 15])
    #expect(place("a", 2, 6) == [2, 21])
    #expect(place("a", 2, 7) == [2, 22])
    #expect(place("a", 9, 9) == [2, 22])
    #expect(place("a", 1, 99) == [2, 9])
    #expect(place("b", 1, 4) == [3, 9])
    #expect(place("c", 1, 1) == [5, 1])
    #expect(place("c", 2, 3) == [6, 3])
    #expect(place("c", 2, 10) == [7, 7])
    #expect(place("c", 2, 16) == [7, 13])
    #expect(place("d", 2, 3) == [9, 3])
    #expect(place("e", 1, 3) == [10, 10])
    #expect(place("missing", 1, 1) == nil)
    func keys(_ steps: [RuleKeyPath.Step], _ part: RuleSource.Part = .key) -> [Int]? {
      source.position(of: RuleKeyPath(steps: steps), part).map { [$0.line, $0.column] }
    }
    let deep: [RuleKeyPath.Step] = [.key("t"), .index(0), .key("k"), .key("q.r"), .key("s\tu")]
    #expect(keys([]) == [1, 2])
    #expect(keys([.key("t")]) == [11, 8])
    #expect(keys(deep) == [12, 9])
    #expect(keys(deep, .value) == [12, 18])
    #expect(keys(deep + [.index(1)]) == [12, 32])
    #expect(keys(deep + [.index(1), .key("v")], .value) == [12, 38])
    #expect(keys(deep + [.index(1), .key("w"), .index(1)], .value) == [12, 55])
    #expect(keys([.key("t"), .index(1), .key("k")]) == [14, 1])
    #expect(keys([.key("t"), .index(2)]) == nil)
    #expect(source.nearestPosition(of: "t[1].nothing.here") == SourcePosition(line: 13, column: 8))
  }

  /// Every string in a value, by its path.
  static func strings(_ value: JSONValue, _ path: [RuleKeyPath.Step] = []) -> [(path: [RuleKeyPath.Step], text: String)]
  {
    switch value {
    case .string(let text): [(path, text)]
    case .array(let elements): elements.enumerated().flatMap { strings($1, path + [.index($0)]) }
    case .object(let members): members.flatMap { strings($1, path + [.key($0)]) }
    default: []
    }
  }

  @Test("Every string of a rule file is found where it stands, and read the same, in TOML and in JSON")
  func everyString() throws {
    let bytes = Array(Samples.everyField.utf8)
    let document = JSONValue.object(try TOMLText.parse(SourceText(bytes)))
    let found = Self.strings(document)
    #expect(found.count > 70)
    for (path, text) in found where text != "2024-08-02" {
      #expect(TOMLKeyLocator.scalars(of: path, in: bytes)?.text == text, "\(path)")
    }
    let json = Array(document.text.utf8)[...]
    for (path, text) in found {
      #expect(JSONKeyLocator.scalars(of: path, in: json)?.text == text, "\(path)")
    }
  }
}
