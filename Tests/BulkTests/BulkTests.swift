import Bulk
import Testing

@Suite("Parts of an answer are chosen as Elasticsearch's filter_path does")
struct FilterPathTests {
  @Test(
    "A path is kept with all below it",
    arguments: [
      ("errors,items.*.status", ["items", "create", "status"], true), ("errors,items.*.status", ["took"], false),
      ("errors", ["items", "create", "status"], false), ("**.status", ["items", "create", "status"], true),
      ("-took", ["took"], false), ("-took", ["errors"], true), ("items", ["items", "index", "error"], true),
      ("items.cre*.error", ["items", "create", "error"], true),
      ("items,-items.*.error", ["items", "a", "error"], false),
      ("", ["took"], true),
    ])
  func keeps(pattern: String, path: [String], isKept: Bool) {
    #expect(FilterPath(pattern.isEmpty ? nil : pattern).keeps(path) == isKept)
  }

  @Test("Names that no index may have are refused with what is wrong")
  func names() {
    for name in ["logs-aws.cloudtrail-default", ".ds-logs-a-2026.01.01-000001", "é"] {
      #expect(IndexName.fault(of: name) == nil)
    }
    for name in [
      "logs-martlet.audit-default", "", ".", "..", "_a", "A", "a/b", "a b", ".alerts-security",
      String(repeating: "a", count: 256),
    ] {
      #expect(IndexName.fault(of: name) != nil)
    }
  }
}
