import Foundation

/// What is known of the terminal, and how text is made safe for it.
public enum Terminal {
  /// True when a descriptor is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal on standard output or standard error; 120 when there is none.
  public static var width: Int {
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns > 20 { return columns }
    var size = winsize()
    for descriptor in [STDOUT_FILENO, STDERR_FILENO]
    where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 {
      return Int(size.ws_col)
    }
    return 120
  }

  /// Columns for a table on standard output: those of the terminal, or what COLUMNS says; nil, so that nothing is cut, where
  /// a program or file takes it.
  public static var tableWidth: Int? {
    let isAsked = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init).map { $0 > 20 } ?? false
    return isAsked || isTerminal(STDOUT_FILENO) ? width : nil
  }

  /// True when colours are wanted on a descriptor: it is a terminal and NO_COLOR is not set.
  public static func usesColour(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal(descriptor) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// A value from a log with everything replaced that could move the cursor, change colours or turn the writing
  /// direction: logs are written by attackers too.
  public static func safe(_ text: String) -> String {
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        safe.append(scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}")
      default: safe.append(scalar)
      }
    }
    return String(safe)
  }

  /// How many columns a text takes on a terminal, near enough: wide characters take two, combining ones none.
  public static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { width, scalar in
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: width
      default: width + (isWide(scalar) ? 2 : 1)
      }
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
