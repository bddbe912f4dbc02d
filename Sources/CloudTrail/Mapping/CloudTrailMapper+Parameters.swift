import Events
import JSON

// Request, response, additional and service event data, and what is taken from them by name.
extension CloudTrailMapper {
  /// - Parameters:
  ///   - recordBytes: how long the record's text is.
  ///   - hidesUserName: the user's name has moved from the additional data, and is not told twice.
  func addParameters(
    _ index: StructuralIndex, recordBytes: Int, hidesUserName: Bool, _ sink: inout some EventSink
  ) {
    // The text form is at most twice as long as the JSON: every character that it adds stands for a comma.
    let mayBeTooLong = recordBytes >= Self.flattenedTextLimit / 2
    addParameters(.requestParameters, .requestParameters, .flattenedRequestParameters, nil, index, mayBeTooLong, &sink)
    addParameters(.responseElements, .responseElements, .flattenedResponseElements, nil, index, mayBeTooLong, &sink)
    addParameters(
      .additionalEventData, .additionalEventData, .flattenedAdditionalEventData, hidesUserName ? "UserName" : nil,
      index, mayBeTooLong, &sink)
    addParameters(
      .serviceEventDetails, .serviceEventDetails, .flattenedServiceEventDetails, nil, index, mayBeTooLong, &sink)
    if let details = members.node(.insightDetails, in: index), details.isObject, !details.isEmptyValue {
      sink.addFlattened(.flattenedInsightDetails, details, leavingOut: nil, mayBeEscaped: isEscaped)
    }
  }

  /// A text form of this length or longer keeps an object out of its flattened field.
  private static let flattenedTextLimit = 32_766

  private func addParameters(
    _ key: RecordKey, _ plain: EventField, _ flattened: EventField, _ left: StaticString?, _ index: StructuralIndex,
    _ mayBeTooLong: Bool, _ sink: inout some EventSink
  ) {
    guard sink.wants(plain) || sink.wants(flattened), let node = members.node(key, in: index), !node.isEmptyValue else {
      return
    }
    var isTooLong = false
    if sink.wants(plain) || mayBeTooLong {
      text.removeAll()
      JavaText.append(node, leavingOut: left, mayBeEscaped: isEscaped, to: &text)
      isTooLong = mayBeTooLong && JavaText.length(text.bytes) >= Self.flattenedTextLimit
      if sink.wants(plain) { sink.add(plain, Scalar(.string, text.bytes)) }
    }
    if node.isObject, !isTooLong {
      sink.addFlattened(flattened, node, leavingOut: left, mayBeEscaped: isEscaped)
    }
  }

  // MARK: Derived fields

  /// The members of a request or a response of which fields of their own tell; of several by one name the first.
  struct NamedParts {
    var userName: JSONNode?
    var newUserName: JSONNode?
    var groupName: JSONNode?
    var group: JSONNode?
    var user: JSONNode?
    var computerName: JSONNode?
    /// True when a member may name instances.
    var mayNameInstances = false

    init(_ node: JSONNode?) {
      node?.forEachMember { key, value in
        switch key.count {
        case 4: if user == nil, key.equals("user") { user = value }
        case 5: if group == nil, key.equals("group") { group = value }
        case 6: if key.equals("target") { mayNameInstances = true }
        case 8: if userName == nil, key.equals("userName") { userName = value }
        case 9: if groupName == nil, key.equals("groupName") { groupName = value }
        case 10: if key.equals("instanceId") || key.equals("resourceId") { mayNameInstances = true }
        case 11:
          if newUserName == nil, key.equals("newUserName") { newUserName = value }
          if key.equals("instanceIds") { mayNameInstances = true }
        case 12:
          if computerName == nil, key.equals("computerName") { computerName = value }
          if key.equals("instancesSet") { mayNameInstances = true }
        default: break
        }
      }
    }
  }

  func addDerived(
    _ index: StructuralIndex, _ call: Known<KnownCall>, _ request: NamedParts, _ response: NamedParts,
    _ sink: inout some EventSink
  ) {
    if sink.wants(.eventOutcome) {
      EventOutcome.of(members, in: index)?.withBytes { sink.add(.eventOutcome, Scalar(.string, $0)) }
    }
    // An answer to a sign-in that is none ends the integration's step before the category is set.
    sink.add(
      call.pointee.isConsoleLogin && signInAnswerFault(index) != nil ? call.pointee.types : call.pointee.categories)
    if call.pointee.isConsoleLogin, let data = members.node(.additionalEventData, in: index) {
      addYesNo(data.member("MobileVersion"), .mobileVersion, &sink)
      addYesNo(data.member("MFAUsed"), .mfaUsed, &sink)
      add(data.member("LoginTo"), .loginTo, &sink)
    }
    add(request.userName, .userTargetName, &sink)
    add(request.newUserName, .userChangesName, &sink)
    add(request.groupName, .groupName, &sink)
    add(response.group?.member("groupId"), .groupID, &sink)
    add(response.user?.member("userId"), .userTargetID, &sink)
  }

  /// Anything but `No` is true.
  private func addYesNo(_ node: JSONNode?, _ field: EventField, _ sink: inout some EventSink) {
    guard let stated = value(node) else { return }
    let text: StaticString = stated.bytes.equals("No") ? "false" : "true"
    sink.add(field, Scalar(.boolean, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  func addRelated(
    _ index: StructuralIndex, _ caller: Known<KnownCaller>?, moved: Scalar?, _ request: NamedParts,
    _ response: NamedParts,
    _ sink: inout some EventSink
  ) {
    if sink.wants(.relatedUser) {
      func add(_ name: Scalar?) {
        if let name { sink.add(.relatedUser, name) }
      }
      add(caller?.pointee.sessionName)
      add(caller?.pointee.sessionUser)
      add(value(request.userName))
      add(value(request.newUserName))
      add(value(response.user?.member("userId")))
      add(caller?.pointee.userID)
      add(caller?.pointee.userName ?? moved)
      add(caller?.pointee.onBehalfOf)
    }
    let address = sink.wants(.relatedIP) || sink.wants(.relatedHosts) ? knownAddress(index) : nil
    if sink.wants(.relatedIP) {
      if let address = address?.pointee.address { sink.add(.relatedIP, address) }
      let inDetails = members.node(.serviceEventDetails, in: index)?.member("sourceIpAddress")
      if let inDetails = value(inDetails), IPAddress(inDetails.bytes) != nil { sink.add(.relatedIP, inDetails) }
    }
    if sink.wants(.relatedHosts) { addHosts(index, address, request, response, &sink) }
  }

  private func addHosts(
    _ index: StructuralIndex, _ address: Known<KnownAddress>?, _ request: NamedParts, _ response: NamedParts,
    _ sink: inout some EventSink
  ) {
    if let host = knownConnection(index)?.pointee.host { sink.add(.relatedHosts, host) }
    if let host = address?.pointee.host { sink.add(.relatedHosts, host) }
    if let name = value(request.computerName) { sink.add(.relatedHosts, name) }
    func addInstance(_ id: Scalar) {
      if id.bytes.count >= 10, id.bytes.hasPrefix("i-") { sink.add(.relatedHosts, id) }
    }
    for arn in resourceARNs(index) {
      guard let place = arn.firstRange(of: ":instance/") else { continue }
      addInstance(Scalar(.string, UnsafeBufferPointer(rebasing: arn[place.upperBound...])))
    }
    func addInstances(of key: RecordKey) {
      guard let node = members.node(key, in: index) else { return }
      for path in Self.instances {
        path.forEachText(in: node) { found in
          if let id = value(found) { addInstance(id) }
        }
      }
    }
    if request.mayNameInstances { addInstances(of: .requestParameters) }
    if response.mayNameInstances { addInstances(of: .responseElements) }
  }

  /// Where requests and responses name instances.
  private static let instances = [
    "instanceId", "target", "resourceId", "instanceIds[]", "instancesSet.items[].instanceId",
  ].map { EntityPath($0) }

  /// A value as the name of a host; nil for hosts of AWS.
  func host(_ name: Scalar?) -> Scalar? {
    guard let name, name.kind == .string, !name.bytes.hasSuffix(".amazonaws.com") else { return nil }
    return name
  }
}
