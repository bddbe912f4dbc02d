import Bulk
import JSON
import TestSupport
import Testing

@Suite("The fields of an index are counted")
struct FieldLimitsTests {
  private func statuses(_ fields: FieldLimits, _ documents: [String]) throws -> [Bool] {
    let body = documents.map { "{\"create\":{\"_index\":\"a\"}}\n\($0)\n" }.joined()
    return try BulkReading.bulk(Array(body.utf8), index: nil, pipeline: nil, fields: fields) { "id" }.items.map {
      if case .document = $0.state { true } else { false }
    }
  }

  private let time = #""@timestamp":"2026-01-01T00:00:00Z""#

  @Test("What stored events have is known, in whatever form a document has it, and more than the bound may be")
  func noted() throws {
    let fields = FieldLimits(mostFields: 4)
    fields.note(["@timestamp", "user.name", "user.id", "host.name", "host.id", "martlet.record.eventName"], of: "a")
    #expect(fields.count(of: "a") == 5 && fields.count(of: "b") == 0)
    #expect(
      try statuses(
        fields,
        [
          "{\(time),\"user\":{\"name\":\"x\"}}", "{\(time),\"user.id\":\"x\",\"host\":[{\"name\":\"y\"}]}",
          "{\(time),\"user\":{\"mail\":\"x\"}}",
        ]) == [true, true, false])
  }

  @Test("A flattened field is one, whatever keys it has")
  func flattened() throws {
    let fields = FieldLimits(mostFields: 3)
    let root = "aws.cloudtrail.flattened.request_parameters"
    fields.note((0..<100).map { "\(root).key\($0)" }, of: "a")
    #expect(fields.count(of: "a") == 1)
    let keys = (0..<50).map { "\"k\($0)\":{\"x\":1}" }.joined(separator: ",")
    #expect(
      try statuses(
        fields,
        [
          "{\(time),\"aws\":{\"cloudtrail\":{\"flattened\":{\"request_parameters\":{\(keys)}}}}}",
          "{\(time),\"\(root).other\":1}", "{\(time),\"message\":\"m\"}", "{\(time),\"user.name\":\"m\"}",
        ]) == [true, true, true, false])
  }

  @Test("A document costs as much to take where its index has many fields as where it has few")
  func manyFields() {
    let document = "{\(time),\"user\":{\"name\":\"x\"}}"
    let body = Array(String(repeating: "{\"create\":{\"_index\":\"a\"}}\n\(document)\n", count: 50).utf8)
    func seconds(fields count: Int) -> Double {
      let fields = FieldLimits(mostFields: 100_000)
      fields.note((0..<count).lazy.map { "labels.f\($0)" }, of: "a")
      let times = (0..<5).map { _ in
        processorTime { _ = try? BulkReading.bulk(body, index: nil, pipeline: nil, fields: fields) { "id" } }
      }
      return times.min() ?? 0
    }
    let (few, many) = (seconds(fields: 10), seconds(fields: 40_000))
    #expect(many < 3 * few, "\(many) s, and \(few) s with few")
  }
}
