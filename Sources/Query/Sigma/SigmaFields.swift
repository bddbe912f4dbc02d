import Events

/// What the field names of a Sigma rule stand for.
public enum SigmaFields: String, Hashable, Sendable {
  /// Those of CloudTrail's records: paths in the record, looked up in the record itself; names of ECS serve too.
  case cloudTrail
  /// Names of events as they are stored.
  case stored

  /// The names that rules of a log source use.
  public init(product: String?, service: String?) {
    self = product?.lowercased() == "aws" ? .cloudTrail : .stored
  }

  /// The members that CloudTrail's records are known to have at their top.
  private static let members: Set<String> = [
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
    "userAgent",
    "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData", "requestID", "eventID",
    "eventType", "apiVersion", "managementEvent", "readOnly", "resources", "recipientAccountId", "serviceEventDetails",
    "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "addendum",
    "sessionCredentialFromConsole",
    "edgeDeviceDetails", "tlsDetails", "eventContext", "insightDetails", "annotation",
  ]

  /// True where an event may have a field of the name, as far as is known.
  public func isKnown(_ name: String, _ catalog: FieldCatalog) -> Bool {
    if catalog.resolve(name).isKnown { return true }
    return self == .cloudTrail && Self.members.contains(name.prefix { $0 != "." }.description)
  }

  /// The field whose values a name stands for where they are grouped or counted.
  public func valueField(_ name: String, _ catalog: FieldCatalog) -> String {
    guard self == .cloudTrail else { return name }
    if let exact = RecordNames.exact[name] { return exact }
    switch catalog.type(of: name) {
    case nil, .object, .nested: return RecordNames.record + "." + name
    default: return name
    }
  }

  // MARK: Predicates

  /// What an expression asks of events.
  public func predicate(_ expression: SigmaExpression, _ catalog: FieldCatalog) -> Predicate {
    switch expression {
    case .and(let parts): .and(parts.map { predicate($0, catalog) })
    case .or(let parts): .or(parts.map { predicate($0, catalog) })
    case .not(let part): .not(predicate(part, catalog))
    case .test(nil, let test): .test(.named(RecordNames.record), .sigma(test))
    case .test(let field?, let test): self.test(field, test, catalog)
    case .absent(let field): .not(present(field, catalog))
    case .reference(let field, let other, let agreement, let isCased):
      .or(
        places(field, catalog, all: false).flatMap { one in
          places(other, catalog, all: false).map { SigmaFunctions.condition(one, $0, agreement, isCased: isCased) }
        })
    }
  }

  /// Some value is there; an object that is not empty is one too.
  private func present(_ field: String, _ catalog: FieldCatalog) -> Predicate {
    let tests = places(field, catalog, all: true).map { Predicate.test(.named($0), .sigma(.present)) }
    guard self == .stored else { return .or(tests) }
    switch catalog.type(of: field) {
    case nil, .object, .nested, .flattened: return .or(tests + [.exists(.named(field))])
    default: return .or(tests)
    }
  }

  private func test(_ field: String, _ test: SigmaTest, _ catalog: FieldCatalog) -> Predicate {
    if case .present = test { return present(field, catalog) }
    // What ECS drops as empty stands in the record alone.
    if self == .cloudTrail, let exact = RecordNames.exact[field], !test.takesEmptyValues {
      return .test(.named(exact), .sigma(test))
    }
    return .or(places(field, catalog, all: true).map { .test(.named($0), .sigma(test)) })
  }

  /// Where the values of a field may stand.
  ///
  /// - Parameter all: also where only a part of them stands, which may be known earlier.
  private func places(_ field: String, _ catalog: FieldCatalog, all: Bool) -> [String] {
    guard self == .cloudTrail else { return [field] }
    let record = RecordNames.record + "." + field
    if all, let exact = RecordNames.exact[field] { return [exact, record] }
    return catalog.type(of: field) != nil ? [record, field] : [record]
  }
}
