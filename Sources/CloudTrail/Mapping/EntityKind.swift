import JSON

/// What kind of thing an identifier names, told by its form.
enum EntityKind {
  case service, user, host, other

  /// The kind of a target of a call.
  ///
  /// - Parameter isOfIAM: the call went to IAM, where names that people chose may look like ids.
  init(target id: UnsafeBufferPointer<UInt8>, isOfIAM: Bool) {
    if Self.isServiceLinked(id) {
      self = .service
    } else if let type = Self.type(ofARN: id) {
      if Self.users.contains(where: { type.equals($0) }) {
        self = .user
      } else if type.equals("instance") {
        self = .host
      } else if Self.services.contains(where: { type.equals($0) }) || id.part(2, of: 4)?.equals("s3") ?? false {
        self = .service
      } else {
        self = .other
      }
    } else if id.count == 20, id.hasPrefix("AKIA") {
      self = .user
    } else if isOfIAM {
      self = .other
    } else if id.hasPrefix("i-") {
      self = .host
    } else {
      self = Self.prefixes.contains { id.hasPrefix($0) } ? .service : .other
    }
  }

  /// The type that the sixth part of an ARN starts with, up to a slash; nil for what is no ARN.
  static func type(ofARN id: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard id.hasPrefix("arn:") else { return nil }
    guard let part = id.part(5, of: 7) else { return UnsafeBufferPointer(rebasing: id[..<0]) }
    return UnsafeBufferPointer(rebasing: part.prefix { $0 != UInt8(ascii: "/") })
  }

  static func isServiceLinked(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
    id.hasPrefix("arn:") && (id.contains("/AWSServiceRoleFor") || id.contains("/aws-service-role/"))
  }

  private static let users: [StaticString] = [
    "user", "role", "assumed-role", "federated-user", "instance-profile", "mfa", "serialNumber",
  ]
  private static let services: [StaticString] = [
    "stack", "stack-set", "trail", "configuration-recorder", "file-system", "mount-target", "rule", "detector", "key",
    "function", "log-group", "log-stream", "alarm", "db", "cluster", "global-cluster", "trust-anchor",
    "resolver-query-log-config", "secret", "parameter", "document", "session", "webacl", "rulegroup", "ipset", "topic",
    "model", "loadbalancer", "table", "group", "policy", "security-group", "network-interface", "vpc", "subnet",
    "network-acl", "dhcp-options",
  ]
  private static let prefixes: [StaticString] = [
    "sg-", "sgr-", "eni-", "vpc-", "subnet-", "acl-", "rtb-", "igw-", "nat-", "vpce-", "tgw-", "pcx-",
  ]
}
