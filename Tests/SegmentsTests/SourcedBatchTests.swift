import Events
import Segments
import Testing

@Suite struct SourcedBatchTests {
  @Test("A segment has a head, a source text and a row of columns for each event")
  func rows() {
    let head = EventHead(
      time: .missing, identity: EventIdentity(EventID(high: 1, low: 2)), content: EventHead.unnamed, form: 2)
    let content = SourcedBatch(
      dataStream: "logs-a-b", heads: [head], sources: SourceTexts(Array("{}".utf8), ends: [2]),
      events: EventBatch(columns: [], paths: [], rowCount: 1))
    #expect(content.heads[0] == head && content.sources.count == 1 && content.sources.byteCount == 2)
  }
}
