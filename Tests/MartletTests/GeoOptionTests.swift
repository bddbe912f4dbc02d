import Foundation
import JSON
import TestSupport
import Testing

/// The databases of addresses that a command is given.
struct GeoOptionTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("CloudTrailTests/Golden")
  private static let options = ["geo-test.mmdb", "geo-test-asn.mmdb"].flatMap {
    ["--geoip", golden.appendingPathComponent($0).path]
  }
  private let scratch: Scratch
  private let file: String

  init() throws {
    scratch = try Scratch()
    // The second record comes from a known address.
    file = try scratch.write(Sample.records.replacing("198.51.100.7", with: "203.0.113.7"), "trail.json")
  }

  @Test(
    "A search finds events by place and network, and finds none without a database",
    arguments: [
      "source.geo.country_iso_code: XQ", "source.geo.location: *", "source.geo: *", "source.as.number >= 64500",
      "source.as.organization.name: Quill*",
    ])
  func search(query: String) throws {
    #expect(try Binary(["search", "--format", "count"] + Self.options + [query, file]).output == "1\n")
    #expect(try Binary(["search", "--format", "count", query, file]).output == "0\n")
  }

  @Test(
    "A rule that reads a place or a network finds its events, and the alert holds them",
    arguments: ["source.geo.city_name: Port*", "source.geo.location: *", "source.geo: *", "source.as.number: 64500"])
  func hunt(query: String) throws {
    let rules = try scratch.write(Sample.rule.replacing("event.action: GetObject", with: query), "rules/rule.toml")
    let hunt = ["hunt", "--no-builtin", "--rules", rules, "--format", "ndjson"]
    let run = try Binary(hunt + Self.options + [file])
    #expect(run.status == 0, "\(run.errors)")
    let alerts = try run.documents
    #expect(alerts.count == 1)
    #expect(alerts.first?["source"]?["geo"]?["country_iso_code"] == "XQ")
    #expect(alerts.first?["source"]?["as"]?["organization"]?["name"] == "Quill Cables")
    #expect(try Binary(hunt + [file]).output.isEmpty)
  }

  @Test("A database that cannot be opened is said to be so before anything is read")
  func missing() throws {
    let run = try Binary(["normalize", "--geoip", "nothere.mmdb", file])
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("--geoip nothere.mmdb: there is no such file or folder; name a file that can be read"))
  }
}
