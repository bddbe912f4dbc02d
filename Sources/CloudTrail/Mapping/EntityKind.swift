/// What kind of thing an identifier names, told by its form.
enum EntityKind {
  case service, user, host, other

  /// The kind of a target of a call to a service.
  init(target id: String, of service: String) {
    if Self.isServiceLinked(id) {
      self = .service
    } else if let type = Self.type(ofARN: id) {
      if Self.users.contains(type) {
        self = .user
      } else if type == "instance" {
        self = .host
      } else if Self.services.contains(type) || id.split(separator: ":", maxSplits: 3).dropFirst(2).first == "s3" {
        self = .service
      } else {
        self = .other
      }
    } else if id.hasPrefix("AKIA"), id.utf8.count == 20 {
      self = .user
    } else if service == "iam" {
      // Names that people chose, which may look like ids.
      self = .other
    } else if id.hasPrefix("i-") {
      self = .host
    } else {
      self = Self.prefixes.contains { id.hasPrefix($0) } ? .service : .other
    }
  }

  /// The type that the sixth part of an ARN starts with, up to a slash; nil for what is no ARN.
  static func type(ofARN id: String) -> Substring? {
    guard id.hasPrefix("arn:") else { return nil }
    let parts = id.partedAtColons(most: 6)
    return parts.count > 5 ? parts[5].prefix { $0 != "/" } : ""
  }

  static func isServiceLinked(_ id: String) -> Bool {
    id.hasPrefix("arn:") && (id.contains(ascii: "/AWSServiceRoleFor") || id.contains(ascii: "/aws-service-role/"))
  }

  private static let users: Set<Substring> = [
    "user", "role", "assumed-role", "federated-user", "instance-profile", "mfa", "serialNumber",
  ]
  private static let services: Set<Substring> = [
    "stack", "stack-set", "trail", "configuration-recorder", "file-system", "mount-target", "rule", "detector", "key",
    "function", "log-group", "log-stream", "alarm", "db", "cluster", "global-cluster", "trust-anchor",
    "resolver-query-log-config", "secret", "parameter", "document", "session", "webacl", "rulegroup", "ipset", "topic",
    "model", "loadbalancer", "table", "group", "policy", "security-group", "network-interface", "vpc", "subnet",
    "network-acl", "dhcp-options",
  ]
  private static let prefixes = [
    "sg-", "sgr-", "eni-", "vpc-", "subnet-", "acl-", "rtb-", "igw-", "nat-", "vpce-", "tgw-", "pcx-",
  ]
}
