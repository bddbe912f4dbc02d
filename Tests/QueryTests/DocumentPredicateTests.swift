import Events
import Query
import Testing

/// What is known of conditions on ids and indices before any event is looked at.
struct DocumentPredicateTests {
  @Test("What records say of their ids in columns is asked of these, and what stands in texts alone is not")
  func records() throws {
    func onRecords(_ query: String) throws -> Predicate? { try KQL.parse(query).onRecords }
    #expect(try onRecords(#"_id: "a" and not user.name: x"#) == KQL.parse(#"user.name: x"#).onlyBeside(id: "a"))
    #expect(try onRecords("not _id: a") == .not(.test(.named("event.id"), .term("a"))))
    #expect(try onRecords("_id: * and user.name: x") == KQL.parse("_id: * and user.name: x"))
    #expect(try onRecords("_index: logs-* or _id: a") != nil)
    #expect(try onRecords("_index: .ds-* or _id: a") == nil)
    #expect(try Lucene.query("_id:a AND _index:*-000001").predicate.onRecords == nil)
  }

  @Test("Texts are asked for ids, and for names that no data stream has")
  func texts() throws {
    func asksTexts(_ query: String) throws -> Bool {
      let predicate = try KQL.parse(query)
      var set = QuerySet(now: Timestamp(milliseconds: 0))
      _ = set.add(predicate)
      // Both say the same.
      #expect(set.plan.asksTexts == predicate.asksTexts, "\(query)")
      return predicate.asksTexts
    }
    for query in ["_id: a", "not _id: a", "_index: .ds-*", #"_index: "*x""#, "_index: partial-.ds-a"] {
      #expect(try asksTexts(query), "\(query)")
    }
    for query in [
      "_id: *", "_index: *", "_index: logs-*", #"not _index: "own""#, "user.name: a", "_index: partial-logs",
    ] {
      #expect(try !asksTexts(query), "\(query)")
    }
  }

  @Test("A part of another data stream than the one that is asked for is passed over")
  func passing() throws {
    struct Known: ValueKnowledge {
      var dataStream: String?
      func hasColumn(_ path: String) -> Bool { true }
      func mayHold(_ text: [UInt8], in path: String) -> Bool { true }
    }
    var set = QuerySet(now: Timestamp(milliseconds: 0))
    let (streams, indices) = (set.add(try KQL.parse("_index: logs-a-*")), set.add(try KQL.parse("_index: .ds-*")))
    #expect(set.asksDataStreams)
    #expect(set.mayMatch(streams, Known(dataStream: "logs-a-default")) && set.mayMatch(streams, Known(dataStream: nil)))
    #expect(!set.mayMatch(streams, Known(dataStream: "logs-b-default")))
    // What an index is called stands in texts.
    #expect(set.mayMatch(indices, Known(dataStream: "logs-b-default")))
  }
}

extension Predicate {
  /// With a record's id, and without what this is true of.
  fileprivate func onlyBeside(id: String) -> Predicate { .and([.test(.named("event.id"), .term(id)), .not(self)]) }
}
