import JSON
import Rules

/// A value of a YAML document and where it stands. An alias has become what it stands for, with that one's place.
struct YAMLNode {
  struct Member {
    var key: String
    var position: SourcePosition
    var value: YAMLNode
  }

  indirect enum Content {
    case scalar(JSONValue)
    case list([YAMLNode])
    case map([Member])
  }

  var content: Content
  var position: SourcePosition

  /// The elements of a list; nil for anything else.
  var list: [YAMLNode]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The members of a map in the order of writing; nil for anything else.
  var map: [Member]? {
    if case .map(let members) = content { members } else { nil }
  }

  /// A value that is neither list nor map; nil for those.
  var scalar: JSONValue? {
    if case .scalar(let value) = content { value } else { nil }
  }

  /// The value as JSON. Its depth has been bounded when it was read.
  var json: JSONValue {
    switch content {
    case .scalar(let value): value
    case .list(let elements): .array(elements.map(\.json))
    case .map(let members): .object(Dictionary(members.map { ($0.key, $0.value.json) }) { $1 })
    }
  }

  /// What kind of value it is, with its article.
  var kindName: String {
    switch content {
    case .scalar(let value): value.kindName
    case .list: "a list"
    case .map: "a map"
    }
  }
}
