import Events
import JSON
import TestSupport
import Testing

/// Values that a row has several times.
struct RepeatedValueTests {
  private static func append(_ text: String, to builder: EventBatchBuilder, at place: PathNode) {
    Array(text.utf8).withUnsafeBufferPointer { builder.append(Scalar(.string, $0), at: place) }
  }

  private static func texts(_ column: Column?, _ row: Int) -> [String] {
    column.map { column in column.codes(row: row).map { column.dictionary.text($0) } } ?? []
  }

  private static func plan(_ paths: [String]) -> FieldPlan {
    var plan = FieldPlan(paths: paths)
    plan.keepsRepeats = { FieldCatalog.standard.keepsRepeats(at: $0) }
    return plan
  }

  private static func once(_ values: [String]) -> [String] {
    values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  @Test(
    "A number, a time or a value of no known type stands in a row as often as it was added, a keyword once",
    arguments: [UInt64.random(in: 0...UInt64.max), 21])
  func asOften(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let paths = ["source.port", "event.created", "custom.any", "user.name"]
    let builder = EventBatchBuilder(Self.plan(paths))
    let places = paths.map { builder.place($0) }
    var several = 0
    var batches: [(batch: EventBatch, rows: [[[String]]])] = []
    for number in 0..<40 {
      let rows = (0..<120).map { _ in
        places.map { place -> [String] in
          // Mostly new values, so that later batches do not look them up; at times more of a row than are compared.
          let count = [1, 1, 1, 2, 5, 100][Int.random(in: 0..<(number % 8 == 7 ? 6 : 5), using: &random)]
          let spread = number % 5 == 4 ? 3 : 1 << 40
          return (0..<count).reduce(into: [String]()) { values, _ in
            let known = Int.random(in: 0..<6, using: &random) == 0 ? values.randomElement(using: &random) : nil
            values.append(known ?? "\(Int.random(in: 0..<spread, using: &random))")
          }
        }
      }
      for row in rows {
        builder.beginRow()
        for (place, values) in zip(places, row) { for value in values { Self.append(value, to: builder, at: place) } }
      }
      let batch = builder.finish()
      for (row, values) in rows.enumerated() {
        for (at, path) in paths.enumerated() {
          let column = batch.columns[at]
          let expected = path == "user.name" ? Self.once(values[at]) : values[at]
          #expect(Self.texts(column, row) == expected, "seed \(seed): \(path)")
          let distinct = column.distinctCodes(row: row).map { column.dictionary.text($0) }
          #expect(distinct == Self.once(values[at]), "seed \(seed): \(path)")
          if distinct.count < expected.count { several += 1 }
        }
      }
      batches.append((batch, rows))
    }
    #expect(!stands(seed) || several > 100)
    // Joined, and chosen from, rows have what they had.
    let joined = EventBatch(joining: batches.suffix(6).map(\.batch))
    let rows = batches.suffix(6).flatMap(\.rows)
    let chosen = rows.indices.shuffled(using: &random)
    let selected = joined.selecting(chosen)
    for (place, row) in chosen.enumerated() {
      #expect(Self.texts(joined.column("source.port"), row) == rows[row][0], "seed \(seed)")
      #expect(Self.texts(selected.column("custom.any"), place) == rows[row][2], "seed \(seed)")
    }
  }

  @Test("A value that is added to its column by number, or by its code, stands there once")
  func known() {
    let builder = EventBatchBuilder(Self.plan(["source.port"]))
    builder.beginRow()
    for _ in 0..<2 {
      Array("443".utf8).withUnsafeBufferPointer {
        builder.append(Scalar(.number, $0), column: 0)
        _ = builder.place(Scalar(.number, $0), column: 0)
      }
    }
    #expect(Self.texts(builder.finish().columns[0], 0) == ["443"])
  }

  @Test("What Elasticsearch counts of several values goes by the type, and for a text by the keyword beside it")
  func keeping() throws {
    let mapping = try FieldMapping(
      [
        "properties": [
          "bare": ["type": "text"], "with": ["type": "text", "fields": ["keyword": ["type": "keyword"]]],
          "code": ["type": "keyword", "fields": ["number": ["type": "long"]]], "version": ["type": "version"],
        ]
      ])
    let catalog = FieldCatalog.standard.applying(mapping)
    let expected: [(path: String, keeping: ValueKeeping, repeats: Bool)] = [
      ("source.port", .sorted, true), ("event.created", .sorted, true), ("dns.answers.ttl", .sorted, true),
      ("user.name", .once, false), ("source.ip", .once, false), ("version", .once, false),
      ("labels.team", .once, false), ("aws.cloudtrail.flattened.request_parameters", .once, false),
      ("aws.cloudtrail.flattened.request_parameters.maxResults", .once, false), ("message", .asWritten, true),
      ("bare", .asWritten, true), ("with", .once, false), ("code", .once, true), ("custom.any", .once, true),
      ("process.command_line", .once, true),
    ]
    for (path, keeping, repeats) in expected {
      #expect(catalog.keeping(of: path, as: catalog.resolve(path).type) == keeping, "\(path)")
      #expect(catalog.keepsRepeats(at: path) == repeats, "\(path)")
    }
    #expect(catalog.keeping(of: "user.name.text", as: .text) == .once)
    #expect(catalog.keeping(of: "process.command_line.text", as: .text) == .asWritten)
  }
}
