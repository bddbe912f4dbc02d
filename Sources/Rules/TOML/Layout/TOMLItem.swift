/// A value as it stands in a TOML file: strings by what they say, everything else as it is written.
indirect enum TOMLItem: Hashable {
  case string(String)
  /// A number, a boolean, a date or a time, as written.
  case bare(String)
  /// An array, and the comments between its last element and its bracket.
  case array([TOMLElement], tail: [String])
  /// A table in braces.
  case inline([TOMLMember])

  /// True when a comment stands anywhere inside.
  var holdsComments: Bool {
    switch self {
    case .string, .bare: false
    case .array(let elements, let tail):
      !tail.isEmpty || elements.contains { !$0.lead.isEmpty || $0.trail != nil || $0.item.holdsComments }
    case .inline(let members): members.contains { $0.item.holdsComments }
    }
  }

  /// True when a string anywhere inside has several lines.
  var holdsLines: Bool {
    switch self {
    case .string(let text): text.utf8.contains(UInt8(ascii: "\n"))
    case .bare: false
    case .array(let elements, _): elements.contains(where: \.item.holdsLines)
    case .inline(let members): members.contains(where: \.item.holdsLines)
    }
  }
}

/// An element of an array with its comments.
struct TOMLElement: Hashable {
  /// The lines of comment before it.
  var lead: [String] = []
  var item: TOMLItem
  /// The comment behind it on its line.
  var trail: String?
}

/// A key and its value in a table in braces.
struct TOMLMember: Hashable {
  var key: [String]
  var item: TOMLItem
}
