import Events
import JSON
import Testing

struct FieldMappingTests {
  private func mapping(_ text: String) throws -> FieldMapping { try FieldMapping(JSONValue(parsing: text)) }

  @Test(
    "A mapping is read in each of its forms",
    arguments: [
      #"{"properties":{"a":{"properties":{"b":{"type":"long"}}}}}"#, #"{"properties":{"a.b":{"type":"long"}}}"#,
      #"{"mappings":{"properties":{"a":{"properties":{"b":{"type":"long"}}}}}}"#,
      #"{"one":{"mappings":{"properties":{"a.b":{"type":"long"}}}},"two":{"mappings":{}}}"#,
      #"{"one":{"mappings":{"properties":{"a.b":{"type":"long"}}}},"two":{"mappings":{"properties":{"a":{"properties":{"b":{"type":"integer"}}}}}}}"#,
    ])
  func forms(text: String) throws {
    let catalog = FieldCatalog.standard.applying(try mapping(text))
    #expect(catalog.resolve("a.b") == ResolvedField(sourcePath: "a.b", type: .integer, isKnown: true))
    #expect(catalog.type(of: "a") == .object)
    #expect(catalog.resolve("user.name").type == .keyword)
  }

  @Test("A mapping lies over the schema, and its multi-fields take the place of the schema's")
  func over() throws {
    let catalog = FieldCatalog.standard.applying(
      try mapping(
        #"{"properties":{"user":{"properties":{"name":{"type":"keyword","ignore_above":8,"fields":{"words":{"type":"text"}}}}},"n":{"type":"nested"},"o":{"enabled":false},"x":{"type":"alias","path":"source.ip"}}}"#
      ))
    #expect(catalog.resolve("user.name").type == .keyword(ignoreAbove: 8))
    #expect(catalog.multiFields(of: "user.name").map(\.path) == ["user.name.words"])
    #expect(catalog.resolve("user.id").isKnown)
    #expect(catalog.nestedPaths.contains("n"))
    #expect(catalog.type(of: "o") == .binary)
    #expect(catalog.resolve("x").sourcePath == "source.ip")
  }

  @Test(
    "What is no mapping is refused with its place",
    arguments: [
      ("[]", "a mapping is an object with `properties`"),
      ("{}", "this is no mapping: expected `properties`, `mappings`, or the answer of `GET index/_mapping`"),
      (#"{"properties":[]}"#, "properties: `properties` is an object"),
      (#"{"properties":{"a":5}}"#, "properties.a: a field is an object with a `type` or with `properties`"),
      (#"{"properties":{"a":{"type":5}}}"#, "properties.a.type: the type of a field is a text"),
      (
        #"{"properties":{"a":{"type":"alias","path":"b"},"b":{"type":"alias","path":"a"}}}"#,
        "properties.a: the alias `a` stands for `b`, which is another alias: name a field"
      ),
      (
        #"{"properties":{"a":{"type":"alias","path":"b"},"b":{"properties":{"c":{"type":"long"}}}}}"#,
        "properties.a: the alias `a` stands for `b`, which is an object: name a field"
      ),
      (#"{"properties":{"":{"type":"long"}}}"#, "properties: `` is no name of a field"),
      (
        #"{"i":{"mappings":{"properties":{"a":{"type":"long"}}}},"j":{"mappings":{"properties":{"a":{"properties":{"b":{"type":"ip"}}}}}}}"#,
        "j.mappings.properties.a: `a` has another type at i.mappings.properties.a: give the mapping of one index at a time"
      ),
    ])
  func refused(text: String, message: String) throws {
    let error = #expect(throws: FieldMapping.ReadingError.self) { try mapping(text) }
    #expect(error?.description == message)
  }

  @Test("Names, depth and unknown types have bounds and are told")
  func bounds() throws {
    let long = String(repeating: "a", count: 1025)
    #expect(throws: FieldMapping.ReadingError.self) { try mapping(#"{"properties":{"\#(long)":{"type":"long"}}}"#) }
    var deep = #"{"type":"long"}"#
    for _ in 0..<27 { deep = #"{"properties":{"a":\#(deep)}}"# }
    #expect(throws: FieldMapping.ReadingError.self) { try mapping(deep) }
    let read = try mapping(#"{"properties":{"shape":{"type":"geo_shape"}}}"#)
    #expect(read.unsearchedTypes == ["geo_shape": "shape"])
    #expect(FieldCatalog.standard.applying(read).resolve("shape").type == .binary)
  }

  @Test("A type that Elasticsearch has not is an error that names the type and the field")
  func noSuchType() throws {
    let text = #"{"properties":{"a":{"properties":{"b":{"type":"keywrod"}}},"c":{"type":"long"}}}"#
    let error = #expect(throws: FieldMapping.ReadingError.self) { try mapping(text) }
    #expect(error?.path == "properties.a.properties.b.type")
    #expect(error?.message.contains("`a.b` has the type `keywrod`") == true, "\(error?.message ?? "")")
    // Not searched, and wrong all the same.
    #expect(throws: FieldMapping.ReadingError.self) {
      try mapping(#"{"properties":{"b":{"type":"Keyword","enabled":false}}}"#)
    }
  }
}
