import CloudTrail
import Detection
import Events
import JSON
import Query
import Rules
import Testing

struct RefusedQueryTests {
  private func reason(_ query: String, _ catalog: FieldCatalog = .standard) -> String? {
    let plan = HuntPlan(
      [Rule.query(query, id: "refused")], context: EventContext(readAt: TestHunt.readAt),
      catalog: catalog
    ) { try RuleQuery.predicate($0, catalog) }
    #expect(plan.unrunnable.allSatisfy { !$0.isWrong })
    return plan.unrunnable.first?.reason
  }

  @Test(
    "A rule whose query Elasticsearch refuses takes no part, whatever else the query says",
    arguments: [
      "not source.ip: 10.*", "*: * or source.port: alice", "user.name: null", "event.original: x",
      "user: { name: a }", "aws.cloudtrail.flattened.request_parameters.n > 5",
    ])
  func refused(query: String) {
    #expect(reason(query)?.hasPrefix("Elasticsearch refuses the query: ") == true)
  }

  @Test(
    "Fields whose type is not known are no reason to refuse",
    arguments: ["okta.actor: x*", "okta.number > abc", "okta.things: { name: a }", "acme.*: x"])
  func unknown(query: String) { #expect(reason(query) == nil) }

  @Test("A mapping says what is refused")
  func mapped() throws {
    let mapping = try FieldMapping(["properties": ["okta.number": ["type": "long"], "source.ip": ["type": "keyword"]]])
    let catalog = FieldCatalog.standard.applying(mapping)
    #expect(reason("okta.number > abc", catalog) != nil)
    #expect(reason("source.ip: 10.*", catalog) == nil)
  }
}
