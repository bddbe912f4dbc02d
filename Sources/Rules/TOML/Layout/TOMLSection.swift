/// A table of a TOML file, with its keys, the tables below it, and its comments.
final class TOMLSection {
  /// A key with its value and its comments.
  struct Entry {
    /// Lines of comment before the key; an empty line stands for a blank one.
    var lead: [String] = []
    /// The key's parts: more than one when it is dotted.
    var key: [String]
    var item: TOMLItem
    /// The comment behind the value.
    var trail: String?
  }

  /// A table below, or an array of them.
  struct Child {
    var name: String
    var isArray: Bool
    var sections: [TOMLSection]
  }

  /// Lines of comment before the header.
  var lead: [String] = []
  /// The comment behind the header.
  var trail: String?
  /// False for a table that only the headers below it imply.
  var hasHeader = false
  var entries: [Entry] = []
  /// Lines of comment after the last key.
  var tail: [String] = []
  var children: [Child] = []
  /// Where the children that were opened stand.
  private var places: [String: Int] = [:]

  /// The section that a header below this one opens.
  func open(_ path: [String], isArray: Bool) -> TOMLSection {
    guard let name = path.first else { return self }
    let isLast = path.count == 1
    guard let at = places[name] else {
      let section = TOMLSection()
      places[name] = children.count
      children.append(Child(name: name, isArray: isLast && isArray, sections: [section]))
      return section.open(Array(path.dropFirst()), isArray: isArray)
    }
    if isLast, isArray { children[at].sections.append(TOMLSection()) }
    return children[at].sections[children[at].sections.count - 1].open(Array(path.dropFirst()), isArray: isArray)
  }
}

/// A TOML file as people see it.
struct TOMLDocument {
  /// Comments at the top that belong to the file.
  var head: [String] = []
  var root = TOMLSection()
  /// Comments at the end that belong to the file.
  var tail: [String] = []
}
