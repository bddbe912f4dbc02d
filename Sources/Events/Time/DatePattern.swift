/// How a date is written, as `java.time.format.DateTimeFormatter` has it: pieces that are read and written from left to right.
public struct DatePattern: Hashable, Sendable {
  /// What a piece says of a date.
  enum Field: Int, Hashable, Sendable, CaseIterable {
    case era, year, yearOfEra, weekYear, quarter, month, week, day, dayOfYear
    /// From 1 for Monday to 7 for Sunday.
    case weekday
    /// From 1 for the day that weeks begin with to 7.
    case dayOfWeek
    case weekOfMonth
    /// 1 for the first seven days of a month, 2 for the next.
    case alignedWeekOfMonth
    /// Days since 1858-11-17.
    case modifiedJulianDay
    case half, hour, clockHour, hourOfHalf, clockHourOfHalf, minute, second, nano, millisecondOfDay, nanoOfDay
    /// Seconds east of UTC.
    case offset
  }

  /// Which signs a number may have.
  enum Sign: Hashable, Sendable {
    /// A minus.
    case normal
    /// A minus, and a plus where there are more digits than the least.
    case exceedsPad
    case none
  }

  enum Need: Hashable, Sendable { case never, optional, required }

  /// How a distance from UTC is written: `+01`, `+0100`, `+01:00`.
  struct OffsetForm: Hashable, Sendable {
    var minutes = Need.required
    var seconds = Need.never
    var colon = false
    /// What stands for none.
    var zero = "Z"
  }

  enum NameStyle: Hashable, Sendable { case short, full, narrow }

  indirect enum Piece: Hashable, Sendable {
    case text(String)
    case number(Field, least: Int, most: Int, Sign)
    /// Two digits of a year from 2000 to 2099.
    case shortYear(Field)
    case fraction(least: Int, most: Int, point: Bool)
    case name(Field, NameStyle)
    case offset(OffsetForm)
    /// `GMT+8`, or in full `GMT+08:00`.
    case localizedOffset(full: Bool)
    /// A zone of the time zone database, or an offset.
    case zoneID
    /// A zone by its name, as PST.
    case zoneName(full: Bool)
    /// A part of the day, as `in the morning`.
    case dayPeriod(narrow: Bool)
    /// A piece with blanks before it, so that it is so many characters long; one that is longer cannot be written.
    case padded(Int, Piece)
    /// Units since the epoch, of which a second has so many; a fraction may follow.
    case epoch(perSecond: Int64)
    case optional([Piece])
  }

  var pieces: [Piece]
  /// Where it is read whatever else is said.
  var zone: DateZone?
  var weeks = Weeks.iso

  init(_ pieces: [Piece]) { self.pieces = pieces }

  public static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  public static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// True where it writes names of days or months, which other languages write otherwise.
  var hasNames: Bool { Self.hasNames(pieces) }

  private static func hasNames(_ pieces: [Piece]) -> Bool {
    pieces.contains { piece in
      switch piece {
      case .name, .zoneName, .dayPeriod: true
      case .padded(_, let inner): hasNames([inner])
      case .optional(let inner): hasNames(inner)
      default: false
      }
    }
  }
}

/// Why a text is no pattern of dates.
public struct DatePatternError: Error, Hashable, Sendable {
  /// As Elasticsearch words it.
  public let message: String
}

extension DatePattern {
  /// Reads a pattern of Java's letters. Throws where the text is none.
  ///
  /// - Parameter isWritten: times are written with it and not read, so that it may have letters that are written only.
  public init(java pattern: String, isWritten: Bool = false) throws(DatePatternError) {
    var open: [[Piece]] = [[]]
    let letters = Array(pattern)
    func fault(_ cause: String) -> DatePatternError {
      DatePatternError(message: "Invalid format: [\(pattern)]: \(cause)")
    }
    func add(_ piece: Piece) {
      if case .text(let more) = piece, case .text(let before)? = open[open.count - 1].last {
        open[open.count - 1][open[open.count - 1].count - 1] = .text(before + more)
      } else {
        open[open.count - 1].append(piece)
      }
    }
    func piece(_ letter: Character, _ count: Int) throws(DatePatternError) -> Piece {
      guard let piece = Self.piece(letter, count) else {
        let cause =
          switch letter {
          case "B", "v": "Wrong number of pattern letters: \(letter)"
          case "V": "Pattern letter count must be 2: V"
          case "O": "Pattern letter count must be 1 or 4: O"
          case _ where Self.letters.contains(letter): "Too many pattern letters: \(letter)"
          default: "Unknown pattern letter: \(letter)"
          }
        throw fault(cause)
      }
      guard isWritten || !Self.writtenLetters.contains(letter) else {
        throw fault("the letter \(letter) is known where times are written, not where they are read")
      }
      return piece
    }
    guard !letters.isEmpty else { throw DatePatternError(message: "No date pattern provided") }
    var at = 0
    while at < letters.count {
      let letter = letters[at]
      switch letter {
      case "'":
        if at + 1 < letters.count, letters[at + 1] == "'" {
          add(.text("'"))
          at += 2
          continue
        }
        // Two quotes within are one.
        var text = ""
        at += 1
        while true {
          guard at < letters.count else { throw fault("Pattern ends with an incomplete string literal: \(pattern)") }
          if letters[at] != "'" {
            text.append(letters[at])
            at += 1
          } else if at + 1 < letters.count, letters[at + 1] == "'" {
            text.append("'")
            at += 2
          } else {
            break
          }
        }
        add(.text(text))
        at += 1
      case "[":
        guard open.count < 32 else { throw fault("sections stand too deep inside each other") }
        open.append([])
        at += 1
      case "]":
        guard open.count > 1, let inner = open.popLast() else {
          throw fault("Pattern invalid as it contains ] without previous [")
        }
        open[open.count - 1].append(.optional(inner))
        at += 1
      case "{", "}", "#": throw fault("Pattern includes reserved character: '\(letter)'")
      case _ where letter.isASCII && letter.isLetter:
        let start = at
        func end(_ from: Int) -> Int { letters[from...].firstIndex { $0 != letters[from] } ?? letters.count }
        at = end(start)
        guard letter == "p" else {
          add(try piece(letter, at - start))
          continue
        }
        guard isWritten else {
          throw fault("letters can be padded (p) where times are written, not where they are read")
        }
        guard at < letters.count, letters[at].isASCII, letters[at].isLetter else {
          throw fault("Pad letter 'p' must be followed by valid pad pattern: \(pattern)")
        }
        let (inner, width) = (at, at - start)
        at = end(inner)
        add(.padded(width, try piece(letters[inner], at - inner)))
      default:
        add(.text(String(letter)))
        at += 1
      }
    }
    // Sections that are left open end with the pattern.
    while open.count > 1, let inner = open.popLast() { open[open.count - 1].append(.optional(inner)) }
    self.init(open[0])
    weeks = .american
  }

  private static let letters = "GuyYQqMLwWdDFgEecaBHkKhmsSAnNVvzZOXx"
  /// Letters that are written only.
  private static let writtenLetters = "WFgBv"

  private static func piece(_ letter: Character, _ count: Int) -> Piece? {
    func number(_ field: Field) -> Piece? {
      switch count {
      case 1: .number(field, least: 1, most: 19, .normal)
      case 2: .number(field, least: 2, most: 2, .none)
      default: nil
      }
    }
    func named(_ field: Field, _ numeric: Piece?) -> Piece? {
      switch count {
      case 1, 2: numeric
      case 3: .name(field, .short)
      case 4: .name(field, .full)
      case 5: .name(field, .narrow)
      default: nil
      }
    }
    func year(_ field: Field) -> Piece? {
      switch count {
      case 2: .shortYear(field)
      case 1, 3: .number(field, least: count, most: 19, .normal)
      case 4...19: .number(field, least: count, most: 19, .exceedsPad)
      default: nil
      }
    }
    switch letter {
    case "u": return year(.year)
    case "y": return year(.yearOfEra)
    case "Y": return year(.weekYear)
    case "G": return count <= 5 ? .name(.era, count == 4 ? .full : count == 5 ? .narrow : .short) : nil
    case "Q", "q": return named(.quarter, number(.quarter))
    case "M", "L": return named(.month, number(.month))
    case "w": return number(.week)
    case "d": return number(.day)
    case "D":
      guard count <= 3 else { return nil }
      return count == 1
        ? .number(.dayOfYear, least: 1, most: 19, .normal) : .number(.dayOfYear, least: count, most: 3, .none)
    case "E": return count <= 5 ? .name(.weekday, count == 4 ? .full : count == 5 ? .narrow : .short) : nil
    case "e", "c": return named(.weekday, letter == "c" && count == 2 ? nil : number(.dayOfWeek))
    case "W": return count == 1 ? number(.weekOfMonth) : nil
    case "F": return count == 1 ? number(.alignedWeekOfMonth) : nil
    case "g": return count <= 19 ? .number(.modifiedJulianDay, least: count, most: 19, .normal) : nil
    case "B": return [1, 4, 5].contains(count) ? .dayPeriod(narrow: count == 5) : nil
    case "v": return count == 1 || count == 4 ? .zoneName(full: count == 4) : nil
    case "a": return count == 1 ? .name(.half, .short) : nil
    case "H": return number(.hour)
    case "k": return number(.clockHour)
    case "K": return number(.hourOfHalf)
    case "h": return number(.clockHourOfHalf)
    case "m": return number(.minute)
    case "s": return number(.second)
    case "S": return count <= 9 ? .fraction(least: count, most: count, point: false) : nil
    case "A": return count <= 19 ? .number(.millisecondOfDay, least: count, most: 19, .none) : nil
    case "n": return count <= 19 ? .number(.nano, least: count, most: 19, .none) : nil
    case "N": return count <= 19 ? .number(.nanoOfDay, least: count, most: 19, .none) : nil
    case "V": return count == 2 ? .zoneID : nil
    case "z": return count <= 4 ? .zoneName(full: count == 4) : nil
    case "O": return count == 1 || count == 4 ? .localizedOffset(full: count == 4) : nil
    case "X", "x": return offset(count, isUpper: letter == "X")
    case "Z":
      switch count {
      case 1...3: return .offset(OffsetForm(zero: "+0000"))
      case 4: return .localizedOffset(full: true)
      case 5: return .offset(OffsetForm(seconds: .optional, colon: true))
      default: return nil
      }
    default: return nil
    }
  }

  private static func offset(_ count: Int, isUpper: Bool) -> Piece? {
    let zero = isUpper ? "Z" : count == 1 ? "+00" : count % 2 == 0 ? "+0000" : "+00:00"
    switch count {
    case 1: return .offset(OffsetForm(minutes: .optional, zero: zero))
    case 2: return .offset(OffsetForm(zero: zero))
    case 3: return .offset(OffsetForm(colon: true, zero: zero))
    case 4: return .offset(OffsetForm(seconds: .optional, zero: zero))
    case 5: return .offset(OffsetForm(seconds: .optional, colon: true, zero: zero))
    default: return nil
    }
  }
}
