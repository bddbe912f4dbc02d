/// Where a key and its value stand in a text, in bytes.
struct LocatedValue: Hashable, Sendable {
  var key: Int
  var value: Int
}
