/// A place in a template that is filled anew for each record.
enum Slot: Equatable {
  /// Of the caller's session.
  case identity, address, egress, agent, actor, tls
  /// Of the record's moment and place.
  case time, day, slashedDay, hour, longTime, longExpiry, region, account
  /// Fresh for each record.
  case eventID, uuid, s3RequestID, s3HostID, sessionToken, temporaryKey
  /// The same at each of its places in one record.
  case hexadecimal8, hexadecimal17, number, size
  /// A name out of one of the account's lists; the same at each of its places in one record.
  case name(NameList)

  private static let plain: [String: Slot] = [
    "identity": .identity, "address": .address, "egress": .egress, "agent": .agent, "actor": .actor, "tls": .tls,
    "time": .time,
    "day": .day, "slashedDay": .slashedDay, "hour": .hour, "longTime": .longTime, "longExpiry": .longExpiry,
    "region": .region, "account": .account, "eventID": .eventID, "uuid": .uuid, "s3RequestID": .s3RequestID,
    "s3HostID": .s3HostID, "sessionToken": .sessionToken, "temporaryKey": .temporaryKey,
    "hexadecimal8": .hexadecimal8, "hexadecimal17": .hexadecimal17, "number": .number, "size": .size,
  ]

  /// The slot that a template writes as `‹name›`.
  init?(_ name: String) {
    if let slot = Self.plain[name] {
      self = slot
    } else if let list = NameList.named[name] {
      self = .name(list)
    } else {
      return nil
    }
  }
}

/// The lists of names that an account has; those from `instance` on are kept for each region apart.
enum NameList: Int, CaseIterable {
  case bucket, function, table, secret, parameter, logGroup, queue, role, roleID, user, stack, cluster
  case instance, key, volume, subnet, securityGroup, network, image, loadBalancer, snapshot, endpoint

  var isRegional: Bool { rawValue >= NameList.instance.rawValue }

  static let named = Dictionary(uniqueKeysWithValues: allCases.map { (String(describing: $0), $0) })
}
