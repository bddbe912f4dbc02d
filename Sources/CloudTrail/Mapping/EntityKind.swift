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
    } else if let arn = ARN(id) {
      if Self.users.contains(where: { arn.type.equals($0) }) {
        self = .user
      } else if arn.type.equals("instance") {
        self = .host
      } else if arn.service.equals("s3") || Self.services.contains(where: { arn.type.equals($0) }) {
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
  static func type(ofARN id: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? { ARN(id)?.type }

  /// What tells the kind of an ARN, found on one way through it; empty where it has not so many parts.
  private struct ARN {
    /// The third part.
    var service: UnsafeBufferPointer<UInt8>
    /// What the sixth part starts with, up to a slash.
    var type: UnsafeBufferPointer<UInt8>

    init?(_ id: UnsafeBufferPointer<UInt8>) {
      guard id.hasPrefix("arn:") else { return nil }
      var (service, type) = (0..<0, 0..<0)
      var (part, start) = (0, 0)
      for at in 0...id.count {
        // The last part ends with the text.
        let byte = at < id.count ? id[at] : UInt8(ascii: ":")
        if part == 5, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/") {
          type = start..<at
          break
        }
        guard byte == UInt8(ascii: ":") else { continue }
        if part == 2 { service = start..<at }
        (part, start) = (part + 1, at + 1)
      }
      self.service = UnsafeBufferPointer(rebasing: id[service])
      self.type = UnsafeBufferPointer(rebasing: id[type])
    }
  }

  static func isServiceLinked(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
    guard id.hasPrefix("arn:") else { return false }
    var rest = id
    while let slash = rest.firstRange(of: "/") {
      rest = UnsafeBufferPointer(rebasing: rest[slash.lowerBound...])
      if rest.hasPrefix("/AWSServiceRoleFor") || rest.hasPrefix("/aws-service-role/") { return true }
      rest = UnsafeBufferPointer(rebasing: rest[1...])
    }
    return false
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
