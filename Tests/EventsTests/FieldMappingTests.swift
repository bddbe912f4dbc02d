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

  @Test("Of several indices those count that are named, by their own names or by that of their data stream")
  func narrowed() throws {
    let catalog = FieldCatalog.standard.applying(
      try mapping(
        #"""
        {".ds-logs-own-default-2026.01.01-000001": {"mappings": {"properties": {"n": {"type": "keyword"}}}},
         ".ds-logs-own-default-2026.01.02-000002": {"mappings": {"properties": {"n": {"type": "keyword"}, "own.m": {"type": "ip"}}}},
         ".internal.alerts-security.alerts-default-000001": {"mappings": {"properties": {"n": {"type": "long"}, "k": {"type": "keyword"}}}},
         "plain": {"mappings": {"properties": {"n": {"type": "date"}, "k": {"type": "long"}}}}}
        """#))
    func types(_ pattern: String) -> [FieldType?] {
      let narrow = catalog.narrowed(to: IndexPattern(pattern))
      return ["n", "own.m", "k"].map { narrow.unions[$0] == nil ? narrow.type(of: $0) : .dynamic }
    }
    #expect(types("logs-*") == [.keyword(ignoreAbove: .max), .ip, nil])
    #expect(types(".ds-logs-own-default-2026.01.01-*") == [.keyword(ignoreAbove: .max), nil, nil])
    #expect(types(".alerts-security.*") == [.integer, nil, .keyword(ignoreAbove: .max)])
    #expect(types("plain,logs-*") == [.dynamic, .ip, .integer])
    #expect(types("*,-plain").first == .keyword(ignoreAbove: .max))
    // Those of which it narrows further are the ones that are left.
    let twice = catalog.narrowed(to: IndexPattern("plain,logs-*")).narrowed(to: IndexPattern("plain"))
    #expect(twice.type(of: "k") == .integer && twice.unions.isEmpty && twice.type(of: "own.m") == nil)
    for pattern in ["", "alias", "other-*"] {
      #expect(types(pattern) == [.dynamic, .ip, .dynamic], "none of them is named, so that all count")
    }
    #expect(catalog.narrowed(to: IndexPattern("logs-*")).resolve("user.name").type == .keyword)
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

  @Test(
    "Analyzers of a mapping are those of Elasticsearch, and what the settings make of them",
    arguments: [
      (#"{"type":"text"}"#, TextAnalysis.standard), (#"{"type":"text","analyzer":"simple"}"#, .simple),
      (#"{"type":"match_only_text","analyzer":"whitespace"}"#, .whitespace),
      (#"{"type":"text","analyzer":"keyword"}"#, .keyword), (#"{"type":"text","analyzer":"stop"}"#, .stop),
      (#"{"type":"text","analyzer":"pattern"}"#, .pattern()),
      (#"{"type":"text","analyzer":"plain"}"#, .standard), (#"{"type":"text","analyzer":"same"}"#, .standard),
      (#"{"type":"text","analyzer":"scripts","search_analyzer":"scripts"}"#, .powershell),
      (#"{"type":"text","analyzer":"powershell_script_analyzer"}"#, .powershell),
      (
        #"{"type":"text","analyzer":"cased"}"#,
        .steps(
          .pattern(TextAnalysis.JavaExpression("x", flags: "is")), [.stop(words: ["a", "b"], ignoresCase: false)])
      ),
      (
        #"{"type":"text","analyzer":"built"}"#,
        .steps(.whitespace(longest: 9), [.lowercase, .stop(words: ["The", "of"], ignoresCase: true)])
      ),
    ])
  func analyzers(field: String, expected: TextAnalysis) throws {
    let settings = #"""
      {"analysis": {
        "analyzer": {
          "plain": {"type": "standard"}, "same": {"tokenizer": "standard", "filter": "lowercase"},
          "scripts": {"type": "pattern", "pattern": "[\\W&&[^-]]+", "lowercase": "true"},
          "cased": {"type": "pattern", "pattern": "x", "flags": "Case_Insensitive|DOTALL", "lowercase": false, "stopwords": "a , b"},
          "built": {"type": "custom", "tokenizer": "short", "filter": ["lowercase", "of"], "char_filter": []}
        },
        "tokenizer": {"short": {"type": "whitespace", "max_token_length": "9"}},
        "filter": {"of": {"type": "stop", "stopwords": ["The", "of"], "ignore_case": "true"}}
      }}
      """#
    for text in [
      #"{"mappings":{"properties":{"note":\#(field)}},"settings":\#(settings)}"#,
      #"{"properties":{"note":\#(field)},"settings":{"index":\#(settings)}}"#,
      #"{"one":{"aliases":{},"mappings":{"properties":{"note":\#(field)}},"settings":{"index":\#(settings)}}}"#,
    ] {
      let read = try mapping(text)
      #expect(FieldCatalog.standard.applying(read).resolve("note").type == .analyzed(expected))
      #expect(read.unknownAnalyzers.isEmpty && read.searchAnalyzers.isEmpty)
    }
  }

  @Test(
    "An analyzer that is not known is told, and its field cannot be searched",
    arguments: [
      #""nothing""#, #""english""#, #""mine""#, #""grams""#, #""mapped""#, #""french""#, #""flagged""#, #""folded""#,
    ])
  func unknownAnalyzers(name: String) throws {
    let read = try mapping(
      #"""
      {"mappings": {"properties": {"note": {"type": "text", "analyzer": \#(name)}}}, "settings": {"analysis": {"analyzer": {
        "mine": {"type": "standard", "stopwords_path": "words.txt"}, "grams": {"tokenizer": "ngram"},
        "mapped": {"tokenizer": "standard", "char_filter": ["html_strip"]},
        "french": {"type": "stop", "stopwords": "_french_"}, "flagged": {"type": "pattern", "flags": "CANON_EQ"},
        "folded": {"tokenizer": "standard", "filter": ["lowercase", "twice"]}
      }, "filter": {"twice": {"type": "asciifolding", "preserve_original": true}}}}}
      """#)
    #expect(read.unknownAnalyzers == [String(name.dropFirst().dropLast()): "note"])
    #expect(FieldCatalog.standard.applying(read).resolve("note").type == .binary)
  }

  @Test("Analyzers for searches that are others are told, and the default of an index counts")
  func searchAnalyzers() throws {
    let read = try mapping(
      #"""
      {"mappings": {"properties": {
        "a": {"type": "text"}, "b": {"type": "text", "analyzer": "standard", "search_analyzer": "whitespace"},
        "c": {"type": "text", "analyzer": "keyword", "search_quote_analyzer": "keyword"}
      }}, "settings": {"analysis": {"analyzer": {"default": {"type": "simple"}}}}}
      """#)
    let catalog = FieldCatalog.standard.applying(read)
    #expect(["a", "b", "c"].map { catalog.resolve($0).type.analysis } == [.simple, .standard, .keyword])
    #expect(read.searchAnalyzers == ["whitespace": "b"])
    #expect(throws: FieldMapping.ReadingError.self) {
      try mapping(
        #"{"i":{"mappings":{"properties":{"a":{"type":"text"}}}},"j":{"mappings":{"properties":{"a":{"type":"text","analyzer":"simple"}}}}}"#
      )
    }
    #expect(throws: FieldMapping.ReadingError.self) {
      try mapping(#"{"properties":{"a":{"type":"text","analyzer":5}}}"#)
    }
  }
}
