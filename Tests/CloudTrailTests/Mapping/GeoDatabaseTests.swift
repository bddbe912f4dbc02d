import Events
import Foundation
import JSON
import Testing

@testable import CloudTrail

/// Place and network of the source address, from databases that `scripts/make-geo-test-database.py` made.
@Suite("Place and network of the source address")
struct GeoDatabaseTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden")
  private static let places = golden.appendingPathComponent("geo-test.mmdb")
  private static let networks = golden.appendingPathComponent("geo-test-asn.mmdb")

  private func map(
    _ address: String, _ files: [URL] = [places, networks], plan: FieldPlan = .all
  ) throws -> Mapped {
    var context = Mapped.context
    context.geoDatabases = try files.map { try GeoDatabase(path: $0.path) }
    let mapped = try Mapped(
      "{\"eventTime\":\"2024-05-01T10:00:01Z\",\"sourceIPAddress\":\"\(address)\"}", plan: plan, context: context)
    #expect(context.geoDatabases.allSatisfy { $0.fault == nil })
    return mapped
  }

  @Test("An address that both databases know gets every field, in English and of the narrowest subdivision")
  func everything() throws {
    #expect(
      try map("203.0.113.7").value("source") == [
        "address": "203.0.113.7", "ip": "203.0.113.7",
        "as": ["number": 64500, "organization": ["name": "Quill Cables"]],
        "geo": [
          "continent_name": "Pangaea", "country_iso_code": "XQ", "country_name": "Quillonia",
          "region_iso_code": "XQ-NW", "region_name": "Northwestern “March”", "city_name": "Port Öster",
          "location": ["lat": 37.751, "lon": -97.5],
        ],
      ])
  }

  @Test("The columns hold what the JSON holds; the point stands in them by its parts, as numbers")
  func columns() throws {
    for address in ["203.0.113.7", "203.0.113.200", "198.51.100.9", "2001:db8::5"] {
      let mapped = try map(address)
      let leaves = try mapped.leavesOfJSON().filter { $0.key.hasPrefix("source.") }
      #expect(mapped.columns.filter { $0.key.hasPrefix("source.") } == leaves)
    }
    let columns = try map("203.0.113.7").columns
    #expect(columns["source.geo.location.lat"] == [.init(kind: .number, text: "37.751")])
    #expect(columns["source.geo.location.lon"] == [.init(kind: .number, text: "-97.5")])
    #expect(columns["source.as.number"] == [.init(kind: .number, text: "64500")])
  }

  @Test("A plan of one field gives that field alone")
  func plan() throws {
    let some = try map("203.0.113.7", plan: FieldPlan(paths: ["source.geo.city_name"]))
    #expect(some.columns == ["source.geo.city_name": [.init(kind: .string, text: "Port Öster")]])
  }

  @Test("What the database does not say, says in another type or leaves empty is left out")
  func absentParts() throws {
    #expect(
      try map("203.0.113.200").value("source.geo") == [
        "continent_name": "Pangaea", "country_iso_code": "XQ", "country_name": "Quillonia",
      ])
    #expect(try map("198.51.100.9").value("source") == ["address": "198.51.100.9", "ip": "198.51.100.9"])
  }

  @Test("IPv6 addresses are looked up as such, and IPv4 addresses in IPv6 spelling as IPv4")
  func version6() throws {
    #expect(
      try map("2001:db8::5").value("source") == [
        "address": "2001:db8::5", "ip": "2001:db8::5", "as": ["number": 4_200_000_001],
        "geo": [
          "continent_name": "Pangaea", "country_iso_code": "XV", "country_name": "Vellmark", "city_name": "Sixburgh",
          "location": ["lat": -12.0, "lon": 0.25],
        ],
      ])
    #expect(try map("2001:db8:ffff::1").value("source.geo") == nil)
    #expect(try map("::ffff:203.0.113.7").value("source.geo.city_name") == "Port Öster")
  }

  @Test("An address that no database knows and a service's name get nothing", arguments: ["192.0.2.1", "3fff::1"])
  func unknown(address: String) throws {
    #expect(try map(address).value("source") == ["address": .string(address), "ip": .string(address)])
    #expect(try map("ec2.amazonaws.com").value("source") == ["address": "ec2.amazonaws.com"])
  }

  @Test("Without a database nothing is added; with one of two, only its fields are, in whatever order they are named")
  func someDatabases() throws {
    #expect(try map("203.0.113.7", []).value("source") == ["address": "203.0.113.7", "ip": "203.0.113.7"])
    #expect(try map("203.0.113.7", [Self.networks]).value("source.geo") == nil)
    #expect(try map("203.0.113.7", [Self.networks]).value("source.as.number") == 64500)
    #expect(try map("203.0.113.7", [Self.places]).value("source.as") == nil)
    #expect(try map("203.0.113.7", [Self.networks, Self.places]).text == map("203.0.113.7").text)
  }

  @Test("An event that is ECS already has where its address lies, unless it says so itself")
  func ecs() throws {
    var context = Mapped.context
    context.geoDatabases = [try GeoDatabase(path: Self.places.path)]
    let event = "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\"source\":{\"ip\":\"203.0.113.7\"}}"
    let mapped = try Mapped(event, context: context)
    #expect(try mapped.value("source.geo.city_name") == "Port Öster")
    #expect(mapped.columns["source.geo.city_name"]?.map(\.text) == ["Port Öster"])
    let own =
      "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\"source\":{\"ip\":\"203.0.113.7\",\"geo\":{\"city_name\":\"Elsewhere\"}}}"
    let kept = try Mapped(own, context: context)
    #expect(kept.text == own)
    #expect(
      kept.columns["source.geo.city_name"]?.map(\.text) == ["Elsewhere"]
        && kept.columns["source.geo.country_name"] == nil)
  }

  @Test("Rules that read these fields have them worked out, and no others do")
  func groups() {
    for path in ["source.geo.city_name", "source.geo.location", "source.geo.location.lat", "source.as.number"] {
      #expect(FieldGroup.needed(for: path).contains(.geo), "\(path)")
    }
    #expect(!FieldGroup.needed(for: "source.ip").contains(.geo))
  }

  @Test("A cache that is full starts anew and answers the same")
  func cache() throws {
    let cache = GeoCache([try GeoDatabase(path: Self.places.path)])
    let address = try #require(IPAddress("203.0.113.7"))
    let first = cache.values(of: address).map(\.bytes)
    for low in 0..<40_000 { _ = cache.values(of: IPAddress(high: 1, low: UInt64(low))) }
    #expect(!first.isEmpty)
    #expect(cache.values(of: address).map(\.bytes) == first)
  }

  // MARK: Bad files

  private func withFile<Result>(_ bytes: Data, _ body: (String) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("geo-\(UUID().uuidString).mmdb")
    try bytes.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  @Test("A file that is missing, a directory, empty, cut off or of another kind is refused in words")
  func refused() throws {
    func check(_ path: String, _ words: String) {
      let error = #expect(throws: GeoDatabaseError.self) { try GeoDatabase(path: path) }
      #expect(error?.description.hasPrefix(path + ": ") == true)
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
    check(Self.golden.appendingPathComponent("nothere.mmdb").path, "there is no such file or folder")
    check(Self.golden.path, "it is no file")
    check(Self.golden.appendingPathComponent("user-agents.tsv").path, "no MaxMind database")
    let good = try Data(contentsOf: Self.places)
    try withFile(Data()) { check($0, "it is empty") }
    try withFile(good.prefix(good.count / 2)) { check($0, "no MaxMind database") }
    var other = good
    let type = try #require(other.range(of: Data("Martlet-Test-City".utf8)))
    other.replaceSubrange(type, with: Data("Martlet-Test-Rain".utf8))
    try withFile(other) { check($0, "“Martlet-Test-Rain”") }
  }

  @Test("A damaged database ends nothing; what its entries cannot give is missing, and it says so")
  func damaged() throws {
    let good = try Data(contentsOf: Self.places)
    let addresses = ["203.0.113.7", "203.0.113.200", "198.51.100.9", "2001:db8::5"].compactMap { IPAddress($0) }
    var faults = 0
    var random = RandomObjects(seed: 7)
    for turn in 0..<500 {
      var bad = good
      for _ in 0...(turn % 8) {
        bad[bad.startIndex + Int.random(in: 0..<bad.count, using: &random.random)] =
          UInt8.random(in: 0...255, using: &random.random)
      }
      try withFile(bad) { path in
        guard let database = try? GeoDatabase(path: path) else { return }
        for address in addresses {
          for value in database.place(of: address) + database.network(of: address) {
            #expect(String(validating: value.bytes, as: UTF8.self) != nil)
          }
        }
        if let fault = database.fault {
          faults += 1
          #expect(fault.description.contains("damaged"))
        }
      }
    }
    #expect(faults > 0)
  }
}
