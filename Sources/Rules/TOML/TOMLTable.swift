import JSON

/// A table while its document is read: TOML lets later lines add to some tables and not to others.
final class TOMLTable {
  /// How the table came to be, which decides who may add to it.
  enum Origin {
    /// Named in passing by a header below it: a header or dotted keys of its own may still come.
    case implied
    /// Opened by a header of its own.
    case header
    /// Made by dotted keys, which alone may add keys to it.
    case dottedKey
  }

  enum Member {
    /// A finished value, inline tables and arrays included: nothing may be added to it.
    case value(JSONValue)
    case table(TOMLTable)
    /// An array of tables, of which headers open the last.
    case tables(TOMLTableList)
  }

  var origin: Origin
  var members: [String: Member] = [:]

  /// An empty table with room for some members.
  init(_ origin: Origin, capacity: Int = 0) {
    self.origin = origin
    members.reserveCapacity(capacity)
  }

  /// The table as JSON; its depth is bounded by the parser.
  var json: [String: JSONValue] {
    members.mapValues { member in
      switch member {
      case .value(let value): value
      case .table(let table): .object(table.json)
      case .tables(let tables): .array(tables.list.map { .object($0.json) })
      }
    }
  }
}

/// The tables of an array. A class, so that the list grows in place.
final class TOMLTableList {
  var list: [TOMLTable]

  init(_ first: TOMLTable) { list = [first] }
}
