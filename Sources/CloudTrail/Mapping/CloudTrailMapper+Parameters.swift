import Events
import JSON

// Request, response, additional and service event data, and what is taken from them by name.
extension CloudTrailMapper {
  func addParameters(_ index: StructuralIndex, _ action: String, _ sink: inout some EventSink) {
    addParameters(.requestParameters, .requestParameters, .flattenedRequestParameters, nil, index, &sink)
    addParameters(.responseElements, .responseElements, .flattenedResponseElements, nil, index, &sink)
    // A name that has moved is not told twice.
    let moved: StaticString? = movedUserName(index, action) == nil ? nil : "UserName"
    addParameters(.additionalEventData, .additionalEventData, .flattenedAdditionalEventData, moved, index, &sink)
    addParameters(.serviceEventDetails, .serviceEventDetails, .flattenedServiceEventDetails, nil, index, &sink)
    if let details = members.node(.insightDetails, in: index), details.isObject, !details.isEmptyValue {
      sink.addFlattened(.flattenedInsightDetails, details)
    }
  }

  /// A text form of this length or longer keeps an object out of its flattened field.
  private static let flattenedTextLimit = 32_766

  private func addParameters(
    _ key: RecordKey, _ plain: EventField, _ flattened: EventField, _ left: StaticString?, _ index: StructuralIndex,
    _ sink: inout some EventSink
  ) {
    guard sink.wants(plain) || sink.wants(flattened), let node = members.node(key, in: index), !node.isEmptyValue else {
      return
    }
    // The text form is at most twice as long as the JSON: every character that it adds stands for a comma.
    let mayBeTooLong = node.sourceText.count >= Self.flattenedTextLimit / 2
    var isTooLong = false
    if sink.wants(plain) || mayBeTooLong {
      text.removeAll(keepingCapacity: true)
      JavaText.append(node, leavingOut: left, to: &text)
      isTooLong = mayBeTooLong && JavaText.length(text) >= Self.flattenedTextLimit
      if sink.wants(plain) { text.withUnsafeBufferPointer { sink.add(plain, Scalar(.string, $0)) } }
    }
    if node.isObject, !isTooLong { sink.addFlattened(flattened, node, leavingOut: left) }
  }

  // MARK: Derived fields

  func addDerived(_ index: StructuralIndex, _ action: String, _ sink: inout some EventSink) {
    EventOutcome.of(members, in: index)?.withBytes { sink.add(.eventOutcome, Scalar(.string, $0)) }
    if sink.wants(.eventCategory) || sink.wants(.eventType) {
      let categories = ActionCategories.of(action)
      // An answer to a sign-in that is none ends the integration's step before the category is set.
      let isTold = action != "ConsoleLogin" || signInAnswerFault(index) == nil
      if isTold, let category = categories.category { sink.add(.eventCategory, category) }
      for type in categories.types { sink.add(.eventType, type) }
    }
    let request = members.node(.requestParameters, in: index)
    let response = members.node(.responseElements, in: index)
    if action == "ConsoleLogin", let data = members.node(.additionalEventData, in: index) {
      addYesNo(data.member("MobileVersion"), .mobileVersion, &sink)
      addYesNo(data.member("MFAUsed"), .mfaUsed, &sink)
      add(data.member("LoginTo"), .loginTo, &sink)
    }
    add(request?.member("userName"), .userTargetName, &sink)
    add(request?.member("newUserName"), .userChangesName, &sink)
    add(request?.member("groupName"), .groupName, &sink)
    add(response?.member("group")?.member("groupId"), .groupID, &sink)
    add(response?.member("user")?.member("userId"), .userTargetID, &sink)
  }

  /// Anything but `No` is true.
  private func addYesNo(_ node: JSONNode?, _ field: EventField, _ sink: inout some EventSink) {
    guard let stated = value(node) else { return }
    let text: StaticString = stated.bytes.equals("No") ? "false" : "true"
    sink.add(field, Scalar(.boolean, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  func addRelated(_ index: StructuralIndex, _ action: String, _ sink: inout some EventSink) {
    let request = members.node(.requestParameters, in: index)
    let response = members.node(.responseElements, in: index)
    if sink.wants(.relatedUser) {
      let caller = members.node(.userIdentity, in: index).map(caller)
      if let session = caller.flatMap(sessionName) {
        sink.add(.relatedUser, String(session))
        if let at = session.firstIndex(of: "@"), at > session.startIndex {
          sink.add(.relatedUser, String(session[..<at]))
        }
      }
      add(request?.member("userName"), .relatedUser, &sink)
      add(request?.member("newUserName"), .relatedUser, &sink)
      add(response?.member("user")?.member("userId"), .relatedUser, &sink)
      if let id = caller.flatMap(userID) { sink.add(.relatedUser, id) }
      let name = caller.flatMap(userName)
      if let name = name ?? movedUserName(index, action, known: name) { sink.add(.relatedUser, name) }
      add(caller?.onBehalfOf?.member("userId"), .relatedUser, &sink)
    }
    if sink.wants(.relatedIP) {
      let inDetails = members.node(.serviceEventDetails, in: index)?.member("sourceIpAddress")
      for address in [members.node(.sourceIPAddress, in: index), inDetails] {
        if let address = value(address), IPAddress(address.bytes) != nil { sink.add(.relatedIP, address) }
      }
    }
    if sink.wants(.relatedHosts) { addHosts(index, request, response, &sink) }
  }

  private func addHosts(
    _ index: StructuralIndex, _ request: JSONNode?, _ response: JSONNode?, _ sink: inout some EventSink
  ) {
    func add(_ name: Scalar?) {
      if let name, name.kind == .string, !name.text.hasSuffix(".amazonaws.com") { sink.add(.relatedHosts, name) }
    }
    if let details = members.node(.tlsDetails, in: index),
      value(details.member("tlsVersion")).map({ !$0.bytes.equals("tlsVersion") }) ?? true
    {
      add(value(details.member("clientProvidedHostHeader")))
    }
    if let address = value(members.node(.sourceIPAddress, in: index)), IPAddress(address.bytes) == nil,
      address.bytes.contains(UInt8(ascii: ".")), !address.bytes.contains(UInt8(ascii: " "))
    {
      add(address)
    }
    if let name = value(request?.member("computerName")) { sink.add(.relatedHosts, name) }
    func addInstance(_ id: String) {
      if id.hasPrefix("i-"), id.utf8.count >= 10 { sink.add(.relatedHosts, id) }
    }
    members.node(.resources, in: index)?.forEachElement { resource in
      guard let arn = (resource.member("ARN") ?? resource.member("arn"))?.string,
        let place = arn.firstRange(ofASCII: ":instance/")
      else { return }
      addInstance(String(arn[place.upperBound...]))
    }
    for part in [request, response].compactMap(\.self) {
      for path in EntityPath.instances { path.forEachText(in: part, addInstance) }
    }
  }
}
