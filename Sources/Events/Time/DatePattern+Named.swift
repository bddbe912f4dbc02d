// Facts: the built-in formats of Elasticsearch's documentation, "format (mapping parameter)", and how each reads what is not
// written in full, from its tests.

extension DatePattern {
  /// A format that has a name: how it is read, the first that fits, and how it is written.
  struct Named: Sendable {
    var readers: [DatePattern]
    var writer: DatePattern
  }

  static func named(_ name: String) -> Named? { table[name] }

  private static func two(_ field: Field) -> Piece { .number(field, least: 2, most: 2, .none) }
  private static func upToTwo(_ field: Field) -> Piece { .number(field, least: 1, most: 2, .none) }
  private static func any(_ field: Field) -> Piece { .number(field, least: 1, most: 19, .normal) }
  private static func long(_ field: Field) -> Piece { .number(field, least: 4, most: 10, .exceedsPad) }

  private static let decimals = Piece.fraction(least: 1, most: 9, point: true)
  private static let commaDecimals = Piece.optional([.text(","), .fraction(least: 1, most: 9, point: false)])
  private static let plainOffset = Piece.offset(OffsetForm(minutes: .optional))
  private static let someZone: [Piece] = [.optional([.zoneID]), .optional([plainOffset])]

  private static let date: [Piece] = [
    long(.year), .optional([.text("-"), two(.month), .optional([.text("-"), two(.day)])]),
  ]
  private static let laxDate: [Piece] = [
    .number(.year, least: 1, most: 5, .normal),
    .optional([.text("-"), upToTwo(.month), .optional([.text("-"), upToTwo(.day)])]),
  ]
  private static let wholeDate: [Piece] = [long(.year), .text("-"), two(.month), .text("-"), two(.day)]
  private static let basicDate: [Piece] = [.number(.year, least: 4, most: 4, .normal), two(.month), two(.day)]
  private static let ordinal: [Piece] = [long(.year), .text("-"), .number(.dayOfYear, least: 3, most: 3, .none)]
  private static let laxOrdinal: [Piece] = [long(.year), .text("-"), .number(.dayOfYear, least: 1, most: 3, .none)]
  private static let basicOrdinal: [Piece] = [long(.year), .number(.dayOfYear, least: 3, most: 3, .none)]
  private static let week: [Piece] = [long(.weekYear), .text("-W"), two(.week)]
  private static let weekDate: [Piece] = week + [.text("-"), .number(.weekday, least: 1, most: 1, .none)]
  private static let laxWeekDate: [Piece] = [
    long(.weekYear), .text("-W"), upToTwo(.week), .text("-"), .number(.weekday, least: 1, most: 1, .none),
  ]
  private static let basicWeek: [Piece] = [
    .number(.weekYear, least: 4, most: 4, .none), .text("W"), upToTwo(.week), any(.weekday),
  ]
  private static let hourMinute: [Piece] = [two(.hour), .text(":"), two(.minute)]
  private static let time: [Piece] = hourMinute + [.text(":"), two(.second)]
  private static let laxHourMinute: [Piece] = [upToTwo(.hour), .text(":"), upToTwo(.minute)]
  private static let laxTime: [Piece] = laxHourMinute + [.text(":"), upToTwo(.second)]
  private static let basicTime: [Piece] = [two(.hour), two(.minute), two(.second)]
  private static let letterT: [Piece] = [.text("T")]

  /// A date, of whose time anything may be left out from behind.
  private static func optionalTime(_ date: [Piece], _ number: (Field) -> Piece) -> [Piece] {
    let seconds = Piece.optional([.text(":"), number(.second), .optional([decimals]), commaDecimals])
    let minutes = Piece.optional([.text(":"), number(.minute), seconds])
    return date + [.optional([.text("T"), .optional([number(.hour), minutes])] + someZone)]
  }

  private static func zoned(_ pieces: [Piece]) -> [[Piece]] { [pieces + [.zoneID], pieces + [plainOffset]] }

  private static let table: [String: Named] = {
    var table: [String: Named] = [:]
    func add(_ name: String, _ writer: String, _ readers: [[Piece]], isPrecise: Bool = false) {
      guard var writer = try? DatePattern(java: writer) else { return }
      writer.weeks = .iso
      if isPrecise {
        // Three digits behind the point, and more where they are no zeros.
        writer.pieces = writer.pieces.map { piece in
          if case .fraction(3, 3, let point) = piece { .fraction(least: 3, most: 9, point: point) } else { piece }
        }
      }
      table[name] = Named(readers: readers.map(DatePattern.init), writer: writer)
    }
    let iso = "uuuu-MM-dd'T'HH:mm:ss.SSSXXX"
    let strict = optionalTime(date, two)
    let nanos: [Piece] =
      date + [
        .optional(
          [.text("T")] + time + [
            .optional([.fraction(least: 1, most: 9, point: true)]),
            .optional([.text(","), .fraction(least: 1, most: 9, point: false)]),
          ] + someZone)
      ]
    add("iso8601", iso, [strict])
    add("strict_date_optional_time", iso, [strict])
    add("strict_date_optional_time_nanos", iso, [nanos], isPrecise: true)
    add("date_optional_time", iso, [optionalTime(laxDate, upToTwo)])
    table["epoch_millis"] = Named(
      readers: [DatePattern([.epoch(perSecond: 1000)])], writer: DatePattern([.epoch(perSecond: 1000)]))
    table["epoch_second"] = Named(
      readers: [DatePattern([.epoch(perSecond: 1)])], writer: DatePattern([.epoch(perSecond: 1)]))

    // Days, each with the times that may follow.
    var basic = DatePattern([.number(.year, least: 1, most: 4, .normal), upToTwo(.month), upToTwo(.day)])
    basic.zone = DateZone("Z")
    table["basic_date"] = Named(readers: [basic], writer: DatePattern(basicDate))
    add("strict_date", "uuuu-MM-dd", [wholeDate])
    add("date", "uuuu-MM-dd", [laxDate])
    add("strict_year_month_day", "uuuu-MM-dd", [date])
    add("year_month_day", "uuuu-MM-dd", [[any(.year), .text("-"), any(.month), .text("-"), any(.day)]])
    add("strict_year_month", "uuuu-MM", [[long(.year), .text("-"), two(.month)]])
    add("year_month", "uuuu-MM", [[any(.year), .text("-"), any(.month)]])
    add("strict_year", "uuuu", [[long(.year)]])
    add("year", "u", [[any(.year)]])
    add("basic_ordinal_date", "uuuuDDD", [basicOrdinal])
    add("strict_ordinal_date", "uuuu-DDD", [ordinal])
    add("ordinal_date", "uuuu-DDD", [laxOrdinal])
    add("strict_basic_week_date", "YYYY'W'wwe", [basicWeek])
    add("basic_week_date", "YYYY'W'wwe", [[any(.weekYear), .text("W"), upToTwo(.week), any(.weekday)]])
    add("strict_week_date", "YYYY-'W'ww-e", [weekDate])
    add("week_date", "YYYY-'W'ww-e", [laxWeekDate])
    add("strict_weekyear_week_day", "YYYY-'W'ww-e", [week + [.text("-"), any(.weekday)]])
    add("weekyear_week_day", "YYYY-'W'ww-e", [[any(.weekYear), .text("-W"), any(.week), .text("-"), any(.weekday)]])
    add("strict_weekyear_week", "YYYY-'W'ww", [week])
    add("weekyear_week", "YYYY-'W'ww", [[any(.weekYear), .text("-W"), any(.week)]])
    add("strict_weekyear", "YYYY", [[long(.weekYear)]])
    add("weekyear", "YYYY", [[any(.weekYear)]])
    table["week_year"] = table["weekyear"]

    // Times of day.
    add("strict_hour", "HH", [[two(.hour)]])
    add("hour", "HH", [[upToTwo(.hour)]])
    add("strict_hour_minute", "HH:mm", [hourMinute])
    add("hour_minute", "HH:mm", [laxHourMinute])
    add("strict_hour_minute_second", "HH:mm:ss", [time])
    add("hour_minute_second", "HH:mm:ss", [laxTime])
    for kind in ["millis", "fraction"] {
      let laxDecimals: Piece = kind == "millis" ? .fraction(least: 1, most: 3, point: true) : decimals
      add("strict_hour_minute_second_\(kind)", "HH:mm:ss.SSS", [time + [decimals]])
      add("hour_minute_second_\(kind)", "HH:mm:ss.SSS", [laxTime + [laxDecimals]])
      add("strict_date_hour_minute_second_\(kind)", "uuuu-MM-dd'T'HH:mm:ss.SSS", [date + letterT + time + [decimals]])
      add("date_hour_minute_second_\(kind)", "uuuu-MM-dd'T'HH:mm:ss.SSS", [laxDate + letterT + laxTime + [laxDecimals]])
    }
    add("strict_date_hour", "uuuu-MM-dd'T'HH", [wholeDate + letterT + [two(.hour)]])
    add("date_hour", "uuuu-MM-dd'T'HH", [laxDate + letterT + [upToTwo(.hour)]])
    add("strict_date_hour_minute", "uuuu-MM-dd'T'HH:mm", [wholeDate + letterT + hourMinute])
    add("date_hour_minute", "uuuu-MM-dd'T'HH:mm", [laxDate + letterT + laxHourMinute])
    add("strict_date_hour_minute_second", "uuuu-MM-dd'T'HH:mm:ss", [wholeDate + letterT + time])
    add("date_hour_minute_second", "uuuu-MM-dd'T'HH:mm:ss", [laxDate + letterT + laxTime])

    // With a zone.
    let zone = "XXX"
    let optionalSecond = Piece.optional([.text(":"), two(.second), decimals])
    let laxOptionalSecond = Piece.optional([.text(":"), upToTwo(.second), decimals])
    add("basic_time", "HHmmss.SSS\(zone)", zoned(basicTime + [decimals]))
    add("basic_time_no_millis", "HHmmss\(zone)", zoned(basicTime))
    add("basic_t_time", "'T'HHmmss.SSS\(zone)", zoned(letterT + basicTime + [decimals]))
    add("basic_t_time_no_millis", "'T'HHmmss\(zone)", zoned(letterT + basicTime))
    add("basic_date_time", "uuuuMMdd'T'HHmmss.SSS\(zone)", zoned(basicDate + letterT + basicTime + [decimals]))
    add("basic_date_time_no_millis", "uuuuMMdd'T'HHmmss\(zone)", zoned(basicDate + letterT + basicTime))
    add(
      "basic_ordinal_date_time", "uuuuDDD'T'HHmmss.SSS\(zone)",
      zoned(basicOrdinal + letterT + basicTime + [decimals]))
    add("basic_ordinal_date_time_no_millis", "uuuuDDD'T'HHmmss\(zone)", zoned(basicOrdinal + letterT + basicTime))
    for lead in ["strict_basic_week_date_time", "basic_week_date_time"] {
      add(lead, "YYYY'W'wwe'T'HHmmss.SSSX", zoned(basicWeek + letterT + basicTime + [decimals]))
      add(lead + "_no_millis", "YYYY'W'wwe'T'HHmmssX", zoned(basicWeek + letterT + basicTime))
    }
    add("strict_date_time", iso, zoned(date + letterT + time + [.optional([decimals])]), isPrecise: true)
    add("strict_date_time_no_millis", "uuuu-MM-dd'T'HH:mm:ss\(zone)", zoned(date + letterT + time))
    let laxOffset = Piece.offset(OffsetForm(colon: true))
    let laxDateTime = laxDate + letterT + laxHourMinute + [laxOptionalSecond]
    add("date_time", iso, [laxDateTime + [laxOffset], laxDateTime + [plainOffset]])
    let laxNoMillis = laxDate + letterT + laxHourMinute + [.optional([.text(":"), upToTwo(.second)])]
    add(
      "date_time_no_millis", "uuuu-MM-dd'T'HH:mm:ss\(zone)",
      [
        laxNoMillis + [laxOffset], laxNoMillis + [plainOffset], laxNoMillis + [.optional([.zoneID])],
      ])
    add(
      "strict_ordinal_date_time", "uuuu-DDD'T'HH:mm:ss.SSS\(zone)",
      zoned(ordinal + letterT + hourMinute + [optionalSecond]), isPrecise: true)
    add("strict_ordinal_date_time_no_millis", "uuuu-DDD'T'HH:mm:ss\(zone)", zoned(ordinal + letterT + time))
    add(
      "ordinal_date_time", "uuuu-DDD'T'HH:mm:ss.SSS\(zone)",
      zoned(laxOrdinal + letterT + laxHourMinute + [laxOptionalSecond]), isPrecise: true)
    add("ordinal_date_time_no_millis", "uuuu-DDD'T'HH:mm:ss\(zone)", zoned(laxOrdinal + letterT + laxTime))
    add("strict_time", "HH:mm:ss.SSS\(zone)", zoned(time + [decimals]))
    add("strict_time_no_millis", "HH:mm:ss\(zone)", zoned(time))
    add("strict_t_time", "'T'HH:mm:ss.SSS\(zone)", zoned(letterT + time + [decimals]))
    add("strict_t_time_no_millis", "'T'HH:mm:ss\(zone)", zoned(letterT + time))
    add("time", "HH:mm:ss.SSS\(zone)", zoned(laxTime + [decimals]))
    add("time_no_millis", "HH:mm:ss\(zone)", zoned(laxTime))
    add("t_time", "'T'HH:mm:ss.SSS\(zone)", zoned(letterT + laxTime + [decimals]))
    add("t_time_no_millis", "'T'HH:mm:ss\(zone)", zoned(letterT + laxTime))
    add("strict_week_date_time", "YYYY-'W'ww-e'T'HH:mm:ss.SSS\(zone)", zoned(weekDate + letterT + time + [decimals]))
    add("strict_week_date_time_no_millis", "YYYY-'W'ww-e'T'HH:mm:ss\(zone)", zoned(weekDate + letterT + time))
    add("week_date_time", "YYYY-'W'ww-e'T'HH:mm:ss.SSS\(zone)", zoned(laxWeekDate + letterT + laxTime + [decimals]))
    add("week_date_time_no_millis", "YYYY-'W'ww-e'T'HH:mm:ss\(zone)", zoned(laxWeekDate + letterT + laxTime))
    return table
  }()
}
