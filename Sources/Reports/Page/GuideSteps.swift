/// An investigation guide as pieces of HTML: headings and paragraphs, and steps that can be checked off.
///
/// Two guides of one rule have the same pieces, save those that name an alert's values: only these need to be written again.
struct GuideSteps {
  struct Piece: Equatable {
    enum Kind: Equatable { case block, bullet, numbered }
    let kind: Kind
    let html: [UInt8]
  }

  let pieces: [Piece]
  /// How many of them are steps.
  let steps: Int

  /// - Parameter links: Addresses that may be links.
  init(_ blocks: [MarkdownBlock], links: Set<String>) {
    let renderer = MarkdownHTML(links: links)
    var pieces: [Piece] = []
    var steps = 0
    var isChecklist = true
    for block in blocks {
      switch block {
      case .heading(_, let inlines):
        // What may be harmless is to be known, not to be done.
        isChecklist = !inlines.map(\.plain).joined().lowercased().contains("false positive")
        pieces.append(Piece(kind: .block, html: renderer.block(block)))
      case .list(let start, let items):
        for item in items {
          var html = HTMLWriter()
          if isChecklist {
            steps += 1
            renderer.step(item, to: &html)
          } else {
            renderer.blocks(item, to: &html)
          }
          pieces.append(Piece(kind: start == nil ? .bullet : .numbered, html: html.bytes))
        }
      default: pieces.append(Piece(kind: .block, html: renderer.block(block)))
      }
    }
    self.pieces = pieces
    self.steps = steps
  }

  /// The places of the pieces that differ from another guide's; nil when the two are not built alike.
  func differences(from other: GuideSteps) -> [Int]? {
    guard pieces.count == other.pieces.count, zip(pieces, other.pieces).allSatisfy({ $0.kind == $1.kind }) else {
      return nil
    }
    return pieces.indices.filter { pieces[$0] != other.pieces[$0] }
  }

  private func mark(_ place: Int) -> HTMLWriter.Attribute { ("data-u", String(place)) }

  /// Writes pieces, all unless places are given; `marked` puts each piece's place on it.
  func write(_ places: [Int]? = nil, marked: Bool, to html: inout HTMLWriter) {
    var list: Piece.Kind?
    func end(_ html: inout HTMLWriter) {
      if list == .bullet { html.close("ul") }
      if list == .numbered { html.close("ol") }
      list = nil
    }
    for place in places ?? Array(pieces.indices) {
      let piece = pieces[place]
      if piece.kind != list { end(&html) }
      if piece.kind == .block {
        html.open("div", all: marked ? [mark(place)] : [])
        html.append(written: piece.html)
        html.close("div")
        continue
      }
      if list == nil {
        html.open(piece.kind == .bullet ? "ul" : "ol", ("class", "steps"))
        list = piece.kind
      }
      html.open("li", all: marked ? [mark(place)] : [])
      html.append(written: piece.html)
      html.close("li")
    }
    end(&html)
  }
}
