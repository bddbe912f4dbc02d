import CloudTrail
import Events
import JSON
import Testing

/// Documents that are alerts themselves.
struct AlertReadingTests {
  private static func stream(_ document: String) throws -> String {
    let bytes = Array(document.utf8) + [UInt8](repeating: 0, count: 64)
    return try bytes.withUnsafeBufferPointer { buffer in
      let indexer = StructuralIndexer()
      let index = try indexer.index(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]))
      return ECSReader.dataStream(of: JSONNode(index, token: 0))
    }
  }

  private static let trail = #""data_stream":{"type":"logs","dataset":"aws.cloudtrail","namespace":"default"}"#

  @Test(
    "An alert belongs to the alerts of its space, whatever data stream its event was in",
    arguments: [
      (#""kibana.alert.uuid":"a""#, "default"),
      (#""kibana":{"alert":{"uuid":"a"}}"#, "default"),
      (#""kibana":{"alert.uuid":["a"]}"#, "default"),
      (#""kibana.alert":{"rule":{"name":"n"}}"#, "default"),
      (#""kibana.alert.rule.name":"n""#, "default"),
      (#""kibana.alert.rule.uuid":"n","kibana.space_ids":["blue-team","red"]"#, "blue-team"),
      (#""kibana":{"alert":{"uuid":"a"},"space_ids":["blue_2"]}"#, "blue_2"),
      (#""kibana.alert.uuid":"a","kibana.space_ids":"blue""#, "blue"),
      (#""kibana.alert.uuid":"a","kibana.space_ids":[]"#, "default"),
      (#""kibana.alert.uuid":"a","kibana.space_ids":["*"]"#, "default"),
      (#""kibana.alert.uuid":"a","kibana.space_ids":["../x,logs-*"]"#, "default"),
    ])
  func spaces(members: String, space: String) throws {
    for text in ["{\(Self.trail),\(members)}", "{\(members),\(Self.trail)}"] {
      #expect(try Self.stream(text) == ".alerts-security.alerts-" + space)
      #expect(try Self.stream(#"{"_id":"1","_source":"# + text + "}") == ".alerts-security.alerts-" + space)
      #expect(try Self.stream(#"{"_index":"mine","_source":"# + text + "}") == "mine")
    }
  }

  @Test(
    "What only looks like an alert is none",
    arguments: [
      #""kibana.alert.uuid":null"#, #""kibana.alert.uuid":"""#, #""kibana.alert.rule":{}"#,
      #""kibana.alert.rules":"x""#,
      #""kibana.alert.uuidx":"x""#, #""kibana.alertuuid":"x""#, #""kibana":{"alert":{"status":"active"}}"#,
      #""kibana.version":"8.17.0""#, #""kibana":"alert.uuid""#, #""labels":{"kibana.alert.uuid":"x"}"#,
      // Kibana's event log.
      #""kibana":{"server_uuid":"s","alert":{"uuid":"a","rule":{"execution":{"uuid":"e"}}}}"#,
    ])
  func noAlerts(members: String) throws {
    #expect(try Self.stream("{\(members),\(Self.trail)}") == EventContext.defaultDataStream)
  }

  @Test(
    "An index of alerts is known by the name that rules search",
    arguments: [
      (".internal.alerts-security.alerts-default-000001", ".alerts-security.alerts-default"),
      (".internal.alerts-security.alerts-blue-team-000123", ".alerts-security.alerts-blue-team"),
      (".internal.alerts-observability.logs.alerts-default-1000000", ".alerts-observability.logs.alerts-default"),
      (".internal.preview.alerts-security.alerts-default-000001", ".preview.alerts-security.alerts-default"),
      ("partial-.internal.alerts-security.alerts-default-000001", ".alerts-security.alerts-default"),
      (".alerts-security.alerts-default", ".alerts-security.alerts-default"),
      (".internal.alerts-security.alerts-default", ".internal.alerts-security.alerts-default"),
      (".internal.alerts-security.alerts-default-0001", ".internal.alerts-security.alerts-default-0001"),
      (".internal.other-000001", ".internal.other-000001"), (".internal.alerts-000001", ".internal.alerts-000001"),
    ])
  func aliases(index: String, name: String) throws {
    #expect(try Self.stream(#"{"_index":"\#(index)","_source":{"kibana.alert.uuid":"a",\#(Self.trail)}}"#) == name)
  }

  @Test("Two alerts on one event are two documents, and neither is the record that they stand on")
  func identities() throws {
    let record =
      #"{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:01Z","eventID":"e1","eventName":"A","recipientAccountId":"1"}"#
    func alert(_ more: String) -> String {
      #"{"@timestamp":"2024-05-01T10:05:00Z","event":{"dataset":"aws.cloudtrail","id":"e1"},"#
        + #""cloud":{"account":{"id":"1"}},"# + Self.trail + "," + more + "}"
    }
    let one = alert(#""kibana.alert.uuid":"a1""#)
    let two = alert(#""kibana":{"alert":{"uuid":"a2"}}"#)
    // What names no id of its own is told by its text.
    let nameless = [alert(#""kibana.alert.rule.name":"x""#), alert(#""kibana.alert.rule.name":"y""#)]
    for order in [[record, one, two] + nameless, [two, one, record] + nameless] {
      let scanned = Scanned(order.joined(separator: "\n"))
      #expect(scanned.texts == order && scanned.duplicates == 0)
    }
    // One alert counts once: twice, as a hit, and where only the hit names it.
    let hits = [
      #"{"_index":".internal.alerts-security.alerts-default-000001","_id":"a1","_source":"# + one + "}",
      #"{"_index":".internal.alerts-security.alerts-default-000002","_id":"a1","_source":"#
        + alert(#""kibana.alert.rule.name":"x""#) + "}",
    ]
    #expect(Scanned(([one, one] + hits).joined(separator: "\n")).rows.count == 1)
    #expect(Scanned(([two, record] + hits).joined(separator: "\n")).rows.count == 3)
    // In another space, or as a record's id, the same text names something else.
    let elsewhere = alert(#""kibana.alert.uuid":"a1","kibana.space_ids":["blue"]"#)
    let lookalike = record.replacing("e1", with: "a1")
    #expect(Scanned([one, elsewhere, lookalike].joined(separator: "\n")).rows.count == 3)
  }
}
