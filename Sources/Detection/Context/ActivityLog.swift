import CloudTrail
import Events

/// What the principals of alerts did, in as few bytes as counting it takes.
public struct ActivityLog: Sendable {
  struct Entry: Sendable {
    var time: Int64
    var id: EventID
    var isFailure: Bool
    /// Where its values end in `values`; they start where those of the entry before end.
    var valuesEnd: Int
  }

  /// The events of one principal.
  struct Part: Sendable {
    var entries: [Entry] = []
    var values: [ActivityValue] = []
  }

  var parts: [Principal: Part] = [:]
  /// Events that were not kept for want of memory.
  var left = 0
  /// The values of each facet.
  var dictionaries = [ValueDictionary](repeating: ValueDictionary(), count: ActivityFacet.allCases.count)

  /// Takes over what another worker has met.
  mutating func merge(_ other: ActivityLog) {
    left += other.left
    let codes = ActivityFacet.allCases.map { facet in
      [0]
        + (1..<max(1, other.dictionaries[facet.rawValue].count + 1)).map { code in
          other.dictionaries[facet.rawValue].withValue(UInt32(code)) { dictionaries[facet.rawValue].insert($0) }
        }
    }
    for (principal, part) in other.parts {
      var mine = parts.removeValue(forKey: principal) ?? Part()
      let start = mine.values.count
      mine.values += part.values.map {
        ActivityValue(facet: $0.facet, code: codes[$0.facet.rawValue][Int($0.code)])
      }
      mine.entries += part.entries.map { entry in
        var entry = entry
        entry.valuesEnd += start
        return entry
      }
      parts[principal] = mine
    }
  }

  func text(_ value: ActivityValue) -> String { dictionaries[value.facet.rawValue].text(value.code) }
}
