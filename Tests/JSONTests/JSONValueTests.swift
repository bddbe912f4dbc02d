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
  }

  @Test("Whole numbers stay whole while they fit")
  func numbers() throws {
    #expect(
      try JSONValue(parsing: "[1, -0, 1.0, 1e2, 9223372036854775807, 9223372036854775808]")
        == [1, .double(-0.0), .double(1), .double(100), .integer(.max), .number("9223372036854775808")])
    #expect(JSONValue.double(47).integerValue == 47)
    #expect(JSONValue.double(47.5).integerValue == nil)
    #expect(JSONValue.double(1e300).integerValue == nil)
    #expect(JSONValue.double(.infinity).text == "null")
  }

  @Test("A number that no whole number of 64 bits and no double holds exactly stays as it was written")
  func exactNumbers() throws {
    let text =
      "[18446744073709551616,-9223372036854775809,1e400,0.1000000000000000000000001,1E-999,123456789012345678.5]"
    let value = try JSONValue(parsing: text)
    #expect(value.text == text)
    #expect(value.arrayValue?.allSatisfy { if case .number = $0 { true } else { false } } == true)
    // However they are spelt, these are what a double prints.
    #expect(
      try JSONValue(parsing: "[0.10, 1e21, 1000000000000000000000, 15e-1, 0e99999999999999999999, 5e-324, 0.00250]")
        == [0.1, 1e21, 1e21, 1.5, .double(0), .double(.leastNonzeroMagnitude), 0.0025])
    #expect(JSONValue.number("1e400").doubleValue == .infinity)
  }

  @Test("Of members with one key the last one holds, however the key is escaped")
  func duplicateKeys() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"\u0061":2}"#) == ["a": 2])
  }

  @Test(
    "Text that is not one JSON value is refused",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\u{1}\"", String(repeating: "[", count: 10_000),
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
