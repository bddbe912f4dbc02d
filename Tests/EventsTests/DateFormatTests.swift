import Events
import JSON
import TestSupport
import Testing

struct DateFormatTests {
  private static func shown(_ format: String, _ text: String, up: Bool = false, zone: String? = nil) throws -> String? {
    try DateFormat(format).read(text, roundingUp: up)
      .map { Timestamp(milliseconds: $0.instant(in: zone.flatMap { DateZone($0) }).milliseconds).iso8601 }
  }

  @Test(
    "Formats by name read what Elasticsearch's do",
    arguments: [
      ("strict_date_optional_time", "2026", "2026-01-01T00:00:00.000Z"),
      ("strict_date_optional_time", "2026-03-04T05", "2026-03-04T05:00:00.000Z"),
      ("strict_date_optional_time", "2026-03-04T05:06:07,5+01", "2026-03-04T04:06:07.500Z"),
      ("strict_date_optional_time", "2026-03-04T05:06Europe/Paris", "2026-03-04T04:06:00.000Z"),
      ("strict_date_optional_time", "2026-3-4", nil),
      ("date_optional_time", "2026-3-4T5:6", "2026-03-04T05:06:00.000Z"),
      ("epoch_millis", "1767225600123.5", "2026-01-01T00:00:00.123Z"),
      ("epoch_millis", "-1", "1969-12-31T23:59:59.999Z"),
      ("epoch_second", "1767225600.", "2026-01-01T00:00:00.000Z"),
      ("epoch_second", "1767225600.25", "2026-01-01T00:00:00.250Z"), ("epoch_second", "12a", nil),
      ("basic_date", "20260304", "2026-03-04T00:00:00.000Z"), ("basic_date", "2026-03-04", nil),
      ("basic_date_time", "20260304T050607.123Z", "2026-03-04T05:06:07.123Z"),
      ("basic_date_time_no_millis", "20260304T050607+0130", "2026-03-04T03:36:07.000Z"),
      ("basic_ordinal_date", "2026063", "2026-03-04T00:00:00.000Z"),
      ("basic_ordinal_date_time_no_millis", "2026063T000000Z", "2026-03-04T00:00:00.000Z"),
      ("basic_week_date", "2026W103", "2026-03-04T00:00:00.000Z"),
      ("date", "2026-3-4", "2026-03-04T00:00:00.000Z"), ("strict_date", "2026-3-4", nil),
      ("date_hour", "2026-03-04T5", "2026-03-04T05:00:00.000Z"),
      ("date_hour_minute_second_millis", "2026-03-04T05:06:07.1", "2026-03-04T05:06:07.100Z"),
      ("strict_date_hour_minute_second_fraction", "2026-03-04T05:06:07.123456", "2026-03-04T05:06:07.123Z"),
      ("date_time", "2026-03-04T05:06:07.1+02:00", "2026-03-04T03:06:07.100Z"),
      ("strict_date_time", "2026-03-04T05:06:07.1Z", "2026-03-04T05:06:07.100Z"),
      ("strict_date_time", "2026-03-04", nil),
      ("strict_date_time_no_millis", "2026-03-04T05:06:07Z", "2026-03-04T05:06:07.000Z"),
      ("date_time_no_millis", "2026-03-04T05:06:07", "2026-03-04T05:06:07.000Z"),
      ("ordinal_date", "2026-63", "2026-03-04T00:00:00.000Z"),
      ("ordinal_date_time_no_millis", "2026-63T05:06:07Z", "2026-03-04T05:06:07.000Z"),
      ("week_date", "2026-W10-3", "2026-03-04T00:00:00.000Z"),
      ("weekyear_week", "2026-W10", "2026-03-02T00:00:00.000Z"),
      ("strict_weekyear_week_day", "2026-W10-3", "2026-03-04T00:00:00.000Z"),
      ("weekyear", "2026", "2025-12-29T00:00:00.000Z"),
      ("year", "2026", "2026-01-01T00:00:00.000Z"), ("strict_year", "+12026", "+12026-01-01T00:00:00.000Z"),
      ("year_month", "2026-3", "2026-03-01T00:00:00.000Z"), ("year_month_day", "2026-3-4", "2026-03-04T00:00:00.000Z"),
      ("hour_minute_second", "5:6:7", "1970-01-01T05:06:07.000Z"),
      ("strict_t_time_no_millis", "T05:06:07+01:00", "1970-01-01T04:06:07.000Z"),
      ("basic_t_time", "T050607.5Z", "1970-01-01T05:06:07.500Z"), ("time", "5:06:07.5Z", "1970-01-01T05:06:07.500Z"),
    ] as [(String, String, String?)])
  func named(format: String, text: String, time: String?) throws {
    #expect(try Self.shown(format, text) == time)
  }

  @Test(
    "Patterns read what Java's do",
    arguments: [
      ("yyyy-MM-dd HH:mm:ss", "2026-03-04 05:06:07", "2026-03-04T05:06:07.000Z"),
      ("yyyy-MM-dd HH:mm:ss", "2026-03-04 5:06:07", nil), ("yyyy-MM-dd", "2026-02-29", nil),
      ("yyyy-MM-dd||dd/MM/yyyy", "04/03/2026", "2026-03-04T00:00:00.000Z"),
      ("dd-MMM-yy", "04-Mar-26", "2026-03-04T00:00:00.000Z"), ("dd-MMM-yy", "04-mar-26", nil),
      ("EEEE, d MMMM uuuu", "Wednesday, 4 March 2026", "2026-03-04T00:00:00.000Z"),
      ("EEEE, d MMMM uuuu", "Monday, 4 March 2026", nil),
      ("yyyyMMddHHmmssSSS", "20260304050607089", "2026-03-04T05:06:07.089Z"),
      ("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2026-03-04T05:06:07.089+0100", "2026-03-04T04:06:07.089Z"),
      ("yyyy-MM-dd HH:mm VV", "2026-03-04 05:06 Europe/Paris", "2026-03-04T04:06:00.000Z"),
      ("yyyy-MM-dd HH:mm X", "2026-03-04 05:06 -02", "2026-03-04T07:06:00.000Z"),
      ("yyyy-MM-dd HH:mm XXX", "2026-03-04 05:06 -0200", nil),
      ("yyyy-MM-dd hh:mm a", "2026-03-04 12:06 PM", "2026-03-04T12:06:00.000Z"),
      // Half of the day is not known.
      ("yyyy-MM-dd hh:mm", "2026-03-04 05:06", "2026-03-04T00:00:00.000Z"),
      ("YYYY-'W'ww-e", "2026-W01-1", "2025-12-28T00:00:00.000Z"), ("YYYY-'W'ww-e", "2025-W53-1", nil),
      ("uuuu-MM-dd e", "2026-01-01 5", "2026-01-01T00:00:00.000Z"), ("uuuu-MM-dd e", "2026-01-01 4", nil),
      ("MM-dd", "03-04", "1970-03-04T00:00:00.000Z"), ("dd", "04", nil), ("yyyy", "20260", nil),
      ("u", "20260", "+20260-01-01T00:00:00.000Z"),
      ("yyyy", "-2026", nil), ("y G", "0 BC", nil), ("y G", "1 BC", "0000-01-01T00:00:00.000Z"),
      ("yyyy.MM.dd G", "2026.03.04 BC", "-2025-03-04T00:00:00.000Z"), ("A", "1000", "1970-01-01T00:00:01.000Z"),
    ] as [(String, String, String?)])
  func letters(format: String, text: String, time: String?) throws {
    #expect(try Self.shown(format, text) == time)
  }

  @Test("What is missing is filled up to the end of what is said, and stands in a zone")
  func filled() throws {
    #expect(try Self.shown("yyyy-MM-dd", "2026-03-04", up: true) == "2026-03-04T23:59:59.999Z")
    #expect(try Self.shown("yyyy-MM", "2026-03", up: true) == "2026-03-01T23:59:59.999Z")
    #expect(try Self.shown("epoch_second", "1767225600", up: true) == "2026-01-01T00:00:00.999Z")
    #expect(try Self.shown("yyyy-MM-dd hh a", "2026-03-04 05 AM", up: true) == "2026-03-04T05:59:59.999Z")
    #expect(try Self.shown("uuuu-DDD", "2026-063", up: true) == "2026-03-04T23:59:59.999Z")
    #expect(try Self.shown("yyyy-MM-dd", "2026-03-04", zone: "Europe/Paris") == "2026-03-03T23:00:00.000Z")
    #expect(try Self.shown("yyyy-MM-dd X", "2026-03-04 Z", zone: "Europe/Paris") == "2026-03-04T00:00:00.000Z")
    #expect(try Self.shown("epoch_second", "0", zone: "Europe/Paris") == "1970-01-01T00:00:00.000Z")
    #expect(
      try DateMath("04.03.2026||+1d/d", DateFormat("dd.MM.yyyy")).resolve(now: .earliest, roundingUp: true).iso8601
        == "2026-03-05T23:59:59.999Z")
  }

  @Test(
    "What is no format is refused",
    arguments: [
      ("", "No date pattern provided"), ("yyyy||", "empty element"), ("yyyy-JJ", "Unknown pattern letter: J"),
      ("'T", "incomplete string literal"), ("yyyy]", "] without previous ["), ("HHH", "Too many pattern letters: H"),
      ("yyyy#", "reserved character"), ("h B", "the letter B is known where times are written"),
      ("ppd", "letters can be padded (p) where times are written"), ("V", "Pattern letter count must be 2: V"),
    ])
  func refused(format: String, message: String) {
    #expect { _ = try DateFormat(format) } throws: { ($0 as? DatePatternError)?.message.contains(message) == true }
  }

  @Test("Numbers at the ends of what fits are no dates, and bring nothing down")
  func ends() throws {
    for text in ["9223372036854775807", "-9223372036854775807", "-9223372036854775807.5", "9223372036854775808"] {
      for format in ["epoch_second", "u-M-d", "y G", "Y", "n", "N", "A"] {
        #expect(try Self.shown(format, format == "y G" ? text + " BC" : text) == nil, "\(format): \(text)")
      }
      _ = try Self.shown("epoch_millis", text, up: true)
    }
    // Between the first and the last date that there are is a distance in milliseconds.
    let last = try #require(try DateFormat("epoch_second").read("3149999999999999")?.instant().milliseconds)
    let first = try #require(try DateFormat("u").read("-99000000")?.instant().milliseconds)
    #expect(!last.subtractingReportingOverflow(first).overflow)
    #expect(try Self.shown("epoch_second", "3150000000000000") == nil && Self.shown("u", "99000001") == nil)
    #expect(try DateFormat("A").text(.min) == "60424192")
    for format in ["N", "uuuu-MM-dd HH:mm:ss.SSS G", "YYYY-'W'ww-e D", "epoch_second"] {
      for time in [Int64.min, .max] { _ = try DateFormat(format).text(time) }
    }
  }

  @Test("Formats by name write the digits behind a second that there are, or three")
  func fractions() throws {
    let precise = ["strict_date_optional_time_nanos", "strict_date_time"]
    for format in precise {
      let pattern = try DatePattern(writing: format)
      #expect(try pattern.written(1_772_600_767_120, nanoseconds: 3400) == "2026-03-04T05:06:07.1200034Z")
      #expect(pattern.text(1_772_600_767_100) == "2026-03-04T05:06:07.100Z")
      #expect(pattern.text(1_772_600_767_000) == "2026-03-04T05:06:07.000Z")
    }
    for format in ["strict_ordinal_date_time", "ordinal_date_time"] {
      #expect(
        try DatePattern(writing: format).written(1_772_600_767_120, nanoseconds: 3400) == "2026-063T05:06:07.1200034Z")
    }
    #expect(
      try DatePattern(writing: "date_time").written(1_772_600_767_120, nanoseconds: 3400) == "2026-03-04T05:06:07.120Z")
    #expect(
      try DatePattern(writing: "epoch_millis").written(1_772_600_767_120, nanoseconds: 3400) == "1772600767120.0034")
    #expect(
      try DatePattern(writing: "epoch_second").written(1_772_600_767_120, nanoseconds: 3400) == "1772600767.1200034")
  }

  @Test(
    "No text and no pattern brings reading down, and what is written is read again",
    arguments: [11, 12, 13] as [UInt64])
  func random(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let signs = Array("yyyyuMMddDHhKkmsSnANaEeQqwYGXxZzVVO[]'\"-/: T.0|")
    for _ in 0..<3000 {
      let pattern = String(
        (0..<Int.random(in: 1...12, using: &random)).map { _ in signs.randomElement(using: &random)! })
      guard let format = try? DateFormat(pattern) else { continue }
      let time = Int64.random(in: -62_000_000_000_000...253_000_000_000_000, using: &random)
      let text = format.text(time)
      _ = format.read(text)
      _ = format.read(String(text.shuffled(using: &random)), roundingUp: true)
    }
    for pattern in ["uuuu-MM-dd'T'HH:mm:ss.SSSXXX", "strict_date_time", "epoch_millis", "YYYY-'W'ww-e HH:mm:ss.SSS"] {
      let format = try DateFormat(pattern)
      for _ in 0..<300 {
        let time = Int64.random(in: -62_000_000_000_000...253_000_000_000_000, using: &random)
        #expect(format.read(format.text(time))?.instant().milliseconds == time, "\(pattern), seed \(seed)")
      }
    }
  }

  @Test("A mapping says how dates are written, and names what it cannot say")
  func mapping() throws {
    func read(_ text: String) throws -> FieldMapping { try FieldMapping(JSONValue(parsing: text)) }
    let mapping = try read(
      #"{"properties": {"a": {"type": "date", "format": "epoch_second"}, "b": {"type": "date", "format": "strict_date_optional_time||epoch_millis"}, "c": {"type": "date_nanos"}}}"#
    )
    let catalog = FieldCatalog.standard.applying(mapping)
    #expect(catalog.resolve("a").type == .date(try DateFormat("epoch_second")))
    #expect(catalog.resolve("b").type == .date(nil) && catalog.resolve("c").type == .dateNanos(nil))
    for (text, part) in [
      (
        #"{"properties": {"a": {"type": "date", "format": "JJ"}}}"#,
        "a.format: the field `a` has no format of dates: Invalid format"
      ),
      (#"{"properties": {"a": {"type": "date", "format": "dd MMM yyyy", "locale": "de"}}}"#, "in the locale `de`"),
    ] {
      #expect { _ = try read(text) } throws: { "\($0)".contains(part) }
    }
    // Of two indices each has a format of its own: values of either are read.
    let two = try read(
      #"{"i": {"mappings": {"properties": {"a": {"type": "date", "format": "epoch_second"}}}}, "j": {"mappings": {"properties": {"a": {"type": "date"}}}}}"#
    )
    #expect(two.fields.first { $0.path == "a" }?.type.dateFormat?.read("2026-01-01") != nil)
    // However many indices take turns.
    let formats = [
      "epoch_second", "dd/MM/yyyy HH:mm:ss", "yyyyMMdd'T'HHmmss", "strict_date_optional_time||epoch_millis",
    ]
    let indices = (100..<400).map { number in
      #""i\#(number)": {"mappings": {"properties": {"a": {"type": "date", "format": "\#(formats[number % 4])"}}}}"#
    }
    let many = try #require(
      read("{" + indices.joined(separator: ",") + "}").fields.first { $0.path == "a" }?.type.dateFormat)
    #expect(
      many.text == "epoch_second||dd/MM/yyyy HH:mm:ss||yyyyMMdd'T'HHmmss||strict_date_optional_time||epoch_millis")
    for text in ["1767225600", "01/01/2026 00:00:00", "20260101T000000", "2026-01-01"] {
      #expect(many.read(text)?.instant().milliseconds == 1_767_225_600_000)
    }
  }

  @Test("Indices may map a field differently: what each says is kept, and numbers of any width are whole numbers")
  func unions() throws {
    let indices = [
      #""i": {"mappings": {"properties": {"a": {"type": "ip"}, "n": {"type": "integer"}, "k": {"type": "wildcard"}}}}"#,
      #""j": {"mappings": {"properties": {"a": {"type": "keyword"}, "n": {"type": "long"}, "k": {"type": "keyword"}}}}"#,
    ]
    let catalog = FieldCatalog.standard.applying(
      try FieldMapping(JSONValue(parsing: "{" + indices.joined(separator: ",") + "}")))
    #expect(catalog.unions["a"]?.text == "[2] incompatible types: [ip] in [i], [keyword] in [j]")
    #expect(catalog.unions["n"]?.text == "[2] incompatible types: [integer] in [i], [long] in [j]")
    #expect(catalog.resolve("a").type == .dynamic && catalog.resolve("n").type == .integer)
    #expect(catalog.unions["k"] == nil && catalog.resolve("k").type == .wildcard)
    let times = [
      #""i": {"mappings": {"properties": {"t": {"type": "date_nanos"}}}}"#,
      #""j": {"mappings": {"properties": {"t": {"type": "date", "format": "epoch_second"}}}}"#,
    ]
    let type = FieldCatalog.standard.applying(
      try FieldMapping(JSONValue(parsing: "{" + times.joined(separator: ",") + "}"))
    ).resolve("t").type
    // Whether a null counts, and as what, is one index's matter.
    let nulls = ["i": "1", "j": "2"].map {
      #""\#($0)": {"mappings": {"properties": {"n": {"type": "long", "null_value": \#($1)}}}}"#
    }
    #expect { try FieldMapping(JSONValue(parsing: "{" + nulls.joined(separator: ",") + "}")) } throws: {
      "\($0)".contains("`n` has another at i.mappings")
    }
    #expect(type.holdsTimes && type.dateFormat?.read("2026-01-01") != nil && type.dateFormat?.read("5") != nil)
  }
}
