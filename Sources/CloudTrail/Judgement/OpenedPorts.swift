import JSON
import Policies

/// The ports that a request opens to every address of the internet, in a security group.
///
/// Each rule of the request is looked at by itself, so that a wide network of one and a port of another are not taken together.
/// The forms: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html>
enum OpenedPorts {
  static let actions: Set<PolicyAction> = [
    PolicyAction(provider: "ec2.amazonaws.com", action: "AuthorizeSecurityGroupIngress"),
    PolicyAction(provider: "ec2.amazonaws.com", action: "ModifySecurityGroupRules"),
  ]

  /// Ports of TCP that are told when a range holds them: remote control, databases, stores, and the means of running machines.
  private static let watched: [Int64] = [
    21, 22, 23, 135, 139, 389, 445, 1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5601, 5900, 5985, 5986, 6379,
    6443, 8020, 9042, 9092, 9200, 9300, 10_250, 11_211, 27_017,
  ]

  /// The ports that are opened, ascending, each as a number; `all` for every protocol or all of TCP.
  static func of(_ request: JSONValue) -> [String] {
    var ports: Set<Int64> = []
    var isAll = false
    for rule in rules(request) where rule.isOpen {
      switch rule.proto.lowercased() {
      case "-1", "all": isAll = true
      case "tcp", "6":
        // Without ports, all are meant.
        let range = (rule.from ?? 0, rule.to ?? rule.from ?? 65_535)
        if range.0 < 0 || (range.0 <= 0 && range.1 >= 65_535) { isAll = true }
        ports.formUnion(watched.filter { range.0 <= $0 && $0 <= range.1 })
      default: break
      }
    }
    return (isAll ? ["all"] : []) + ports.sorted().map(String.init)
  }

  private struct Rule {
    var proto: String
    var from: Int64?
    var to: Int64?
    var isOpen: Bool
  }

  private static func rules(_ request: JSONValue) -> [Rule] {
    var rules: [Rule] = []
    // Parameters of the older form stand at the top.
    if let proto = text(request["ipProtocol"]) {
      let networks = [request["cidrIp"], request["cidrIpv6"]].compactMap(text)
      rules.append(
        Rule(
          proto: proto, from: number(request["fromPort"]), to: number(request["toPort"]),
          isOpen: networks.contains(where: isEverywhere)))
    }
    for item in items(request["ipPermissions"]) {
      let networks =
        items(item["ipRanges"]).compactMap { text($0["cidrIp"]) }
        + items(item["ipv6Ranges"]).compactMap { text($0["cidrIpv6"]) }
      rules.append(
        Rule(
          proto: text(item["ipProtocol"]) ?? "-1", from: number(item["fromPort"]), to: number(item["toPort"]),
          isOpen: networks.contains(where: isEverywhere)))
    }
    for changed in list(request["ModifySecurityGroupRulesRequest"]?["SecurityGroupRule"]) {
      let rule = changed["SecurityGroupRule"] ?? changed
      let networks = [rule["CidrIpv4"], rule["CidrIpv6"]].compactMap(text)
      rules.append(
        Rule(
          proto: text(rule["IpProtocol"]) ?? "-1", from: number(rule["FromPort"]), to: number(rule["ToPort"]),
          isOpen: networks.contains(where: isEverywhere)))
    }
    return rules
  }

  /// True for a network of every address, whatever address stands before `/0`; and for its two halves, which are as wide
  /// together as one by one too wide.
  private static func isEverywhere(_ network: String) -> Bool {
    network.hasSuffix("/0") || network == "0.0.0.0/1" || network == "128.0.0.0/1" || network == "::/1"
      || network == "8000::/1"
  }

  private static func items(_ value: JSONValue?) -> [JSONValue] { list(value?["items"] ?? value) }

  private static func list(_ value: JSONValue?) -> [JSONValue] {
    switch value {
    case .array(let elements): elements
    case .object: value.map { [$0] } ?? []
    default: []
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text): text.isEmpty ? nil : text
    case .integer(let number): String(number)
    default: nil
    }
  }

  private static func number(_ value: JSONValue?) -> Int64? {
    value?.integerValue ?? value?.stringValue.flatMap { Int64($0) }
  }
}
