import Events
import Testing

@testable import Query

@Suite("Conditions in words")
struct PredicateWordsTests {
  @Test(
    "A condition is said as a person would, and so is its opposite",
    arguments: [
      ("event.action: StopLogging", "event.action is “StopLogging”", "event.action is not “StopLogging”"),
      ("user.name: *", "user.name has a value", "user.name has no value"),
      (
        "event.action: (A or B)", "event.action is “A” or “B”", "event.action is not “A” nor “B”"
      ),
      ("event.action: (A or B or C)", "event.action is one of “A”, “B”, “C”", "event.action is none of “A”, “B”, “C”"),
      (
        "event.action: (A or B or C or D or E or F or G or H or I or J)",
        "event.action is one of “A”, “B”, “C”, “D”, “E”, “F”, “G”, “H”, … (10 in all)",
        "event.action is none of “A”, “B”, “C”, “D”, “E”, “F”, “G”, “H”, … (10 in all)"
      ),
      (
        #"aws.cloudtrail.request_parameters: *\"AWS\"\:\"\**"#,
        #"aws.cloudtrail.request_parameters contains “"AWS":"*”"#,
        #"aws.cloudtrail.request_parameters does not contain “"AWS":"*”"#
      ),
      ("user.name: ops-*", "user.name begins with “ops-”", "user.name does not begin with “ops-”"),
      ("user.name: *-admin", "user.name ends with “-admin”", "user.name does not end with “-admin”"),
      (
        "user.name: a*z", "user.name begins with “a” and ends with “z”",
        "user.name does not begin with “a” and end with “z”"
      ),
      (
        "user.name: *a*b*", "user.name contains “a”, then “b”", "user.name does not contain “a”, then “b”"
      ),
      (
        "user.name: a*m*z", "user.name begins with “a” and then holds “m” and ends with “z”",
        "user.name does not begin with “a” and then hold “m” and end with “z”"
      ),
      (
        "user.name: (root or adm*)", "user.name is “root” or begins with “adm”",
        "user.name is not “root” and does not begin with “adm”"
      ),
      ("source.port >= 1024", "source.port is at least 1024", "source.port is not at least 1024"),
      (
        "message: failed", "message has the words “failed”", "message does not have the words “failed”"
      ),
      (
        "message: fail*", "message has a word that begins with “fail”", "message has no word that begins with “fail”"
      ),
      ("fail*", "any field begins with “fail”", "any field does not begin with “fail”"),
      (
        "not (event.action: A and user.name: b)", "event.action is not “A” or user.name is not “b”",
        "event.action is “A” and user.name is “b”"
      ),
    ])
  func words(kql: String, words: String, opposite: String) throws {
    let predicate = try KQL.parse(kql)
    #expect(predicate.words(catalog: .standard) == words)
    #expect(predicate.words(negated: true, catalog: .standard) == opposite)
  }

  @Test("Patterns that KQL cannot say have words too")
  func patterns() {
    func words(_ written: String, ignoresCase: Bool = false) -> String {
      Predicate.test(.named("user.name"), .wildcard(WildcardPattern(written: written, ignoresCase: ignoresCase)))
        .words()
    }
    #expect(words("a?c*") == "user.name is like “a?c*” (? is any one character, * any run of them)")
    #expect(words("abc", ignoresCase: true) == "user.name is “abc”, in upper or lower case")
    #expect(words("*abc*", ignoresCase: true) == "user.name contains “abc”, in upper or lower case")
    #expect(words(String(repeating: "x", count: 500)).count < 200)
    let list = Predicate.test(.named("user.name"), .list(ValueList(.keyword, ["a", "b"])))
    #expect(list.words() == "user.name is on a list of 2 values")
    #expect(list.words(negated: true) == "user.name is not on a list of 2 values")
  }
}
