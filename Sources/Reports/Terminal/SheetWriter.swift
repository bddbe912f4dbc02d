import Foundation
import Outputs

/// Lines for a terminal: headings, labelled values, paragraphs that wrap at a width. Everything that it is given is made
/// safe; only its own colours reach the terminal.
struct SheetWriter {
  /// Colours and weights, as SGR codes.
  enum Style: String {
    case bold = "1"
    case faint = "2"
    case added = "32"
    case removed = "31"
    case flag = "33"
    case code = "36"
  }

  let width: Int
  let usesColour: Bool
  private(set) var lines: [String] = []

  init(width: Int, usesColour: Bool) {
    self.width = max(40, width)
    self.usesColour = usesColour
  }

  var text: String { lines.joined(separator: "\n") }

  /// A value made safe, in a style where colours are wanted.
  func styled(_ text: String, _ code: String) -> String {
    let safe = Terminal.safe(text)
    return usesColour && !safe.isEmpty ? "\u{1B}[\(code)m\(safe)\u{1B}[0m" : safe
  }

  mutating func blank() {
    if lines.last?.isEmpty == false { lines.append("") }
  }

  mutating func heading(_ title: String) {
    blank()
    lines.append(styled(title, Style.bold.rawValue))
  }

  /// Words that are put together from styled pieces, as one line that does not wrap.
  mutating func line(_ pieces: [(text: String, code: String?)], indent: Int = 0) {
    lines.append(
      String(repeating: " ", count: indent)
        + pieces.map { piece in piece.code.map { styled(piece.text, $0) } ?? Terminal.safe(piece.text) }.joined())
  }

  /// A paragraph; its first line starts with `prefix`, the others are indented as far.
  mutating func paragraph(_ text: String, indent: Int = 2, prefix: String = "", style: Style? = nil) {
    let start = String(repeating: " ", count: indent)
    let hanging = start + String(repeating: " ", count: Terminal.columns(prefix))
    let safe = Terminal.safe(text)
    var line = ""
    var used = 0
    var isFirst = true
    func ended(_ line: String) -> String {
      let body = usesColour ? style.map { "\u{1B}[\($0.rawValue)m\(line)\u{1B}[0m" } ?? line : line
      return (isFirst ? start + Terminal.safe(prefix) : hanging) + body
    }
    let room = max(20, width - Terminal.columns(hanging))
    for word in safe.split(separator: " ", omittingEmptySubsequences: true) {
      let columns = Terminal.columns(String(word))
      if used > 0, used + 1 + columns > room {
        lines.append(ended(line))
        isFirst = false
        line = ""
        used = 0
      }
      line += (used > 0 ? " " : "") + word
      used += (used > 0 ? 1 : 0) + columns
    }
    if used > 0 || isFirst { lines.append(ended(line)) }
  }

  /// Text whose lines stay as they are: code, commands, documents.
  mutating func verbatim(_ text: String, indent: Int = 4, style: Style? = nil) {
    let start = String(repeating: " ", count: indent)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(start + (style.map { styled(String(line), $0.rawValue) } ?? Terminal.safe(String(line))))
    }
  }

  /// A label and its values, as many to a line as fit; none is broken.
  mutating func fact(_ label: String, _ values: [String], labelWidth: Int = 14) {
    var lead = label + String(repeating: " ", count: max(1, labelWidth - Terminal.columns(label)))
    var line = ""
    func end(_ writer: inout SheetWriter) {
      writer.line([("  " + lead, Style.faint.rawValue), (line, nil)])
      lead = String(repeating: " ", count: labelWidth)
    }
    for (place, value) in values.enumerated() {
      let joined = place == 0 || line.isEmpty ? value : line + " · " + value
      if !line.isEmpty, Terminal.columns(Terminal.safe(joined)) + labelWidth + 2 > width {
        end(&self)
        line = value
      } else {
        line = joined
      }
    }
    end(&self)
  }
}
