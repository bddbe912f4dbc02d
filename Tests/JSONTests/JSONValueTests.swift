import Foundation
import JSON
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test("Text is written with sorted keys and plain slashes, and is read again as the same value")
  func roundTrip() throws {
    let value: JSONValue = [
      "b": [1, 2.5, true, .null, "a/b \"q\" \u{1} é \u{1F600}"], "a": ["z": [:], "y": []],
      "": -9_223_372_036_854_775_808,
    ]
    #expect(
      value.text
        == #"{"":-9223372036854775808,"a":{"y":[],"z":{}},"b":[1,2.5,true,null,"a/b \"q\" \u0001 é 😀"]}"#)
    #expect(try JSONValue(parsing: value.text) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }

  @Test("Whole numbers stay whole while they fit")
  func numbers() throws {
    #expect(
      try JSONValue(parsing: "[1, -0, 1.0, 1e2, 9223372036854775807, 9223372036854775808]")
        == [1, .double(-0.0), .double(1), .double(100), .integer(.max), .double(9_223_372_036_854_775_808)])
    #expect(JSONValue.double(47).integerValue == 47)
    #expect(JSONValue.double(47.5).integerValue == nil)
    #expect(JSONValue.double(1e300).integerValue == nil)
    #expect(JSONValue.double(.infinity).text == "null")
  }

  @Test("Of members with one key the last one holds, however the key is escaped")
  func duplicateKeys() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"\u0061":2}"#) == ["a": 2])
  }

  @Test(
    "Text that is not one JSON value is refused",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\"}", "nul", "1 2", "[1e999]", "\"\u{1}\"", String(repeating: "[", count: 10_000),
    ])
  func refuses(_ text: String) {
    #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
  }

  @Test("Members and elements are reached by subscript")
  func subscripts() {
    let value: JSONValue = ["a": [1, "x"]]
    #expect(value["a"]?[1]?.stringValue == "x")
    #expect(value["a"]?[2] == nil)
    #expect(value["b"] == nil)
    #expect(value[0] == nil)
  }
}
