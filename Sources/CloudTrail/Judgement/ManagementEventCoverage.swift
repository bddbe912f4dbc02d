import JSON

/// How many management events a trail records with the event selectors that `PutEventSelectors` sets.
///
/// Leaving out the events of AWS KMS and of the RDS Data API alone, as the console offers, counts as recording all. Semantics:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
enum ManagementEventCoverage: String, CaseIterable {
  case all, some, none

  private static let spared: Set<String> = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]

  /// Nil for a request that has no selector.
  init?(request: JSONValue) {
    // What one selector leaves out another may take in, and reads and writes may be recorded by one each.
    var halves = Halves()
    if let selectors = Self.list(request["advancedEventSelectors"]), !selectors.isEmpty {
      for selector in selectors { halves.take(Self.advanced(selector)) }
    } else if let selectors = Self.list(request["eventSelectors"]), !selectors.isEmpty {
      for selector in selectors { halves.take(Self.basic(selector)) }
    } else {
      return nil
    }
    self = halves.reads && halves.writes ? .all : halves.isAnything ? .some : .none
  }

  /// What is recorded in full: the events that only read, and those that write.
  private struct Halves {
    var reads = false
    var writes = false
    /// True when anything is recorded, in full or not.
    var isAnything = false

    mutating func take(_ other: Halves) {
      reads = reads || other.reads
      writes = writes || other.writes
      isAnything = isAnything || other.isAnything
    }
  }

  private static func basic(_ selector: JSONValue) -> Halves {
    // Both members have a default that records all.
    guard isTrue(selector["includeManagementEvents"] ?? true) else { return Halves() }
    let excluded = texts(selector["excludeManagementEventSources"])
    guard Set(excluded).isSubset(of: spared) else { return Halves(isAnything: true) }
    switch selector["readWriteType"]?.stringValue?.lowercased() ?? "all" {
    case "all": return Halves(reads: true, writes: true, isAnything: true)
    case "readonly": return Halves(reads: true, isAnything: true)
    case "writeonly": return Halves(writes: true, isAnything: true)
    default: return Halves(isAnything: true)
    }
  }

  private static func advanced(_ selector: JSONValue) -> Halves {
    let fields = list(selector["fieldSelectors"]) ?? []
    let isManagement = fields.contains {
      $0["field"]?.stringValue == "eventCategory" && texts($0["equals"]).contains("Management")
    }
    guard isManagement else { return Halves() }
    var halves = Halves(reads: true, writes: true, isAnything: true)
    for field in fields {
      let operators = Set((field.objectValue ?? [:]).filter { !isEmpty($0.value) }.keys).subtracting(["field"])
      switch field["field"]?.stringValue {
      case "eventCategory": break
      case "readOnly" where operators == ["equals"]:
        let values = texts(field["equals"]).map { $0.lowercased() }
        halves.reads = halves.reads && values.contains("true")
        halves.writes = halves.writes && values.contains("false")
      case "eventSource" where operators == ["notEquals"] && Set(texts(field["notEquals"])).isSubset(of: spared): break
      default: (halves.reads, halves.writes) = (false, false)
      }
    }
    return halves
  }

  private static func isEmpty(_ value: JSONValue) -> Bool { value == .null || value == [] }

  private static func isTrue(_ value: JSONValue) -> Bool {
    value.boolValue ?? (value.stringValue?.lowercased() != "false")
  }

  private static func list(_ value: JSONValue?) -> [JSONValue]? {
    switch value {
    case .array(let elements): elements
    case .object: value.map { [$0] }
    default: nil
    }
  }

  private static func texts(_ value: JSONValue?) -> [String] {
    (list(value) ?? value.map { [$0] } ?? []).compactMap { element in
      switch element {
      case .string(let text): text
      case .bool(let value): value ? "true" : "false"
      default: nil
      }
    }
  }
}
