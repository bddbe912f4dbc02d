import Foundation
import FoundationXML
import JSON
import TestSupport
import Testing

struct CoverageTests {
  private let scratch: Scratch
  private let rules: [String]

  init() throws {
    scratch = try Scratch()
    let threat = """

      [[rule.threat]]
      tactic = { id = "TA0003", name = "Persistence" }
      technique = [{ id = "T1098", name = "x", subtechnique = [{ id = "T1098.001", name = "y" }] }]
      """
    try scratch.write(Sample.rule + threat, "one.toml")
    try scratch.write(
      Sample.rule.replacing("test-rule", with: "two").replacing("Objects read", with: "<Two> & \\u001B[31m") + threat
        + "\n[[rule.threat]]\ntactic = { id = \"TA9999\", name = \"None\" }\n", "two.toml")
    try scratch.write(Sample.rule.replacing("test-rule", with: "three"), "three.toml")
    rules = ["--no-builtin", "--rules", scratch.path]
  }

  @Test("The terminal lists tactics in the matrix's order, with what rules name and how many do")
  func terminal() throws {
    let run = try Binary(["rules", "coverage"] + rules)
    #expect(run.status == 0)
    let lines = run.lines
    #expect(lines.first?.hasPrefix("Reconnaissance (TA0043)") == true && lines.count > 14)
    let at = try #require(lines.firstIndex { $0.hasPrefix("Persistence (TA0003)") })
    #expect(lines[at].contains("2 rules, 1 of 2"))
    #expect(lines[at + 1].hasPrefix("  T1098      Account Manipulation") && lines[at + 1].hasSuffix("2 ■■"))
    #expect(lines[at + 2].hasPrefix("    T1098.001  Additional Cloud Credentials"))
    #expect(lines.contains { $0.hasPrefix("Impact (TA0040)") && $0.hasSuffix("no rule") })
    #expect(run.output.contains("2 of 3 rules name a tactic") && run.output.contains("TA9999"))
  }

  @Test("The layer has what the Navigator's format 4.5 asks for")
  func navigator() throws {
    let file = scratch.path + "/layer.json"
    let run = try Binary(["rules", "coverage", "--format", "navigator", "--out", file] + rules)
    #expect(run.status == 0 && run.output.isEmpty)
    let layer = try JSONValue(parsing: try String(contentsOfFile: file, encoding: .utf8))
    let known: Set<String> = [
      "versions", "name", "description", "domain", "customDataURL", "filters", "sorting", "layout", "hideDisabled",
      "techniques", "gradient", "legendItems", "showTacticRowBackground", "tacticRowBackground",
      "selectTechniquesAcrossTactics", "selectSubtechniquesWithParent", "selectVisibleTechniques", "metadata", "links",
    ]
    #expect(try #require(layer.objectValue).keys.allSatisfy { known.contains($0) })
    #expect(layer["name"]?.stringValue?.isEmpty == false && layer["domain"] == "enterprise-attack")
    #expect(
      layer["versions"]?["layer"] == "4.5" && layer["versions"]?["attack"]?.stringValue.flatMap { Int($0) } != nil)
    let navigator = try #require(layer["versions"]?["navigator"]?.stringValue).split(separator: ".").compactMap {
      Int($0)
    }
    #expect(navigator.count == 3 && (navigator[0], navigator[1]) >= (4, 9))
    #expect([0, 1, 2, 3].contains(layer["sorting"]?.integerValue) && layer["hideDisabled"]?.boolValue != nil)
    let layout = try #require(layer["layout"])
    #expect(["side", "flat", "mini"].contains(layout["layout"]?.stringValue))
    #expect(["none", "all", "annotated"].contains(layout["expandedSubtechniques"]?.stringValue))
    let gradient = try #require(layer["gradient"])
    let colours = try #require(gradient["colors"]?.arrayValue).compactMap(\.stringValue)
    #expect(colours.count >= 2 && colours.allSatisfy { $0.wholeMatch(of: /#[0-9a-f]{6}/) != nil })
    #expect(try #require(gradient["maxValue"]?.doubleValue) > #require(gradient["minValue"]?.doubleValue))
    for item in try #require(layer["legendItems"]?.arrayValue) {
      #expect(item["label"]?.stringValue != nil && item["color"]?.stringValue != nil)
    }
    let techniques = try #require(layer["techniques"]?.arrayValue)
    #expect(techniques.compactMap { $0["techniqueID"]?.stringValue } == ["T1098", "T1098.001"])
    for technique in techniques {
      #expect(technique["tactic"] == "persistence" && technique["score"] == 2 && technique["enabled"] == true)
      #expect(technique["comment"]?.stringValue?.contains("Objects read") == true)
    }
  }

  @Test("The drawing is XML that stands by itself, with names for screen readers and nothing that runs")
  func drawing() throws {
    let run = try Binary(["rules", "coverage", "--format", "svg"] + rules)
    #expect(run.status == 0)
    let parser = XMLCheck()
    #expect(parser.parse(run.output), "\(parser.fault)")
    #expect(
      parser.elements["svg"] == 1 && (parser.elements["script"] ?? 0) == 0 && (parser.elements["image"] ?? 0) == 0)
    #expect(parser.labels.contains { $0.hasPrefix("Persistence: 2 rules, 1 of ") })
    #expect(parser.labels.contains("T1098.001 Additional Cloud Credentials: 2 rules"))
    #expect(parser.text.contains("<Two> & \u{FFFD}[31m"))
    // The name space alone.
    #expect(run.output.components(separatedBy: "http").count == 2)
    #expect(run.output.contains("prefers-color-scheme:dark"))
  }
}

/// Reads XML with the system's parser and notes what the tests ask about.
private final class XMLCheck: NSObject, XMLParserDelegate {
  private(set) var elements: [String: Int] = [:]
  private(set) var labels: [String] = []
  private(set) var text = ""
  private(set) var fault = ""

  func parse(_ document: String) -> Bool {
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    let isRead = parser.parse()
    fault = parser.parserError?.localizedDescription ?? ""
    return isRead
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    elements[name, default: 0] += 1
    if let label = attributes["aria-label"] { labels.append(label) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
