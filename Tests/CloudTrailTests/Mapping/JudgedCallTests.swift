import CloudTrail
import Events
import JSON
import Testing

/// Fields that are worked out from what a call does: `martlet.*`.
struct JudgedCallTests {
  private func judged(_ service: String, _ action: String, _ request: String) throws -> JSONValue? {
    let record = """
      {"eventID":"1","eventTime":"2026-01-01T00:00:00Z","eventSource":"\(service).amazonaws.com",\
      "eventName":"\(action)","recipientAccountId":"111122223333","requestParameters":\(request)}
      """
    return try Mapped(record).value("martlet")
  }

  private func coverage(_ request: String) throws -> String? {
    try judged("cloudtrail", "PutEventSelectors", request)?["trail"]?["management_events"]?.stringValue
  }

  @Test(
    "How many management events are recorded, by basic selectors",
    arguments: [
      (#"[{"includeManagementEvents":true,"readWriteType":"All"}]"#, "all"),
      (#"[{"dataResources":[]}]"#, "all"),
      (#"[{"includeManagementEvents":false,"readWriteType":"All"}]"#, "none"),
      (#"[{"includeManagementEvents":true,"readWriteType":"ReadOnly"}]"#, "some"),
      (#"[{"includeManagementEvents":true,"readWriteType":"WriteOnly"}]"#, "some"),
      (#"[{"readWriteType":"WriteOnly"},{"readWriteType":"ReadOnly"}]"#, "all"),
      (#"[{"readWriteType":"WriteOnly"},{"readWriteType":"ReadOnly","includeManagementEvents":false}]"#, "some"),
      (#"[{"includeManagementEvents":false},{"readWriteType":"All"}]"#, "all"),
      (#"[{"excludeManagementEventSources":["kms.amazonaws.com","rdsdata.amazonaws.com"]}]"#, "all"),
      (#"[{"excludeManagementEventSources":["iam.amazonaws.com"]}]"#, "some"),
    ])
  func basic(selectors: String, expected: String) throws {
    #expect(try coverage(#"{"trailName":"t","eventSelectors":\#(selectors)}"#) == expected)
  }

  private static let management = #"{"field":"eventCategory","equals":["Management"]}"#

  @Test(
    "How many management events are recorded, by advanced selectors",
    arguments: [
      ([management], "all"),
      ([#"{"field":"eventCategory","equals":["Data"]}"#], "none"),
      ([management + #",{"field":"readOnly","equals":["false"]}"#], "some"),
      (
        [
          management + #",{"field":"readOnly","equals":["false"]}"#,
          management + #",{"field":"readOnly","equals":["true"]}"#,
        ],
        "all"
      ),
      ([management + #",{"field":"eventSource","notEquals":["kms.amazonaws.com"]}"#], "all"),
      ([management + #",{"field":"eventSource","notEquals":["kms.amazonaws.com","rdsdata.amazonaws.com"]}"#], "all"),
      ([management + #",{"field":"eventSource","notEquals":["iam.amazonaws.com"]}"#], "some"),
      ([management + #",{"field":"eventSource","equals":["kms.amazonaws.com"]}"#], "some"),
      ([management + #",{"field":"eventName","notStartsWith":["Create"]}"#], "some"),
    ])
  func advanced(selectors: [String], expected: String) throws {
    let list = selectors.map { #"{"name":"n","fieldSelectors":[\#($0)]}"# }.joined(separator: ",")
    #expect(try coverage(#"{"trailName":"t","advancedEventSelectors":[\#(list)]}"#) == expected)
  }

  @Test("A request without selectors says nothing of what is recorded")
  func noSelectors() throws {
    for request in ["null", "{}", #"{"eventSelectors":[]}"#, #"{"eventSelectors":"x"}"#] {
      #expect(try coverage(request) == nil, "\(request)")
    }
  }

  private func ports(_ request: String, _ action: String = "AuthorizeSecurityGroupIngress") throws -> JSONValue? {
    try judged("ec2", action, request)?["network"]?["open_ports"]
  }

  @Test("Ports that are opened to every address are told, each rule by itself")
  func openPorts() throws {
    func items(_ proto: String, _ from: Int, _ to: Int, _ network: String) -> String {
      let key = network.contains(":") ? "ipv6Ranges" : "ipRanges"
      let name = network.contains(":") ? "cidrIpv6" : "cidrIp"
      return """
        {"ipProtocol":"\(proto)","fromPort":\(from),"toPort":\(to),"\(key)":{"items":[{"\(name)":"\(network)"}]}}
        """
    }
    func request(_ rules: String...) -> String { #"{"ipPermissions":{"items":[\#(rules.joined(separator: ","))]}}"# }
    #expect(try ports(request(items("tcp", 22, 22, "0.0.0.0/0"))) == "22")
    #expect(try ports(request(items("tcp", 20, 30, "::/0"))) == ["21", "22", "23"])
    #expect(try ports(request(items("6", 22, 22, "198.51.100.7/0"))) == "22")
    #expect(try ports(request(items("tcp", 22, 22, "0.0.0.0/1"))) == "22")
    #expect(try ports(request(items("tcp", 22, 22, "10.0.0.0/8"), items("tcp", 443, 443, "0.0.0.0/0"))) == nil)
    #expect(try ports(request(items("-1", -1, -1, "0.0.0.0/0"))) == "all")
    #expect(try ports(request(items("udp", 22, 22, "0.0.0.0/0"))) == nil)
    #expect(try ports(request(items("tcp", 0, 65_535, "0.0.0.0/0")))?.arrayValue?.first == "all")
    #expect(try ports(request(items("icmp", -1, -1, "0.0.0.0/0"))) == nil)
    #expect(try ports(#"{"ipProtocol":"tcp","fromPort":3389,"toPort":3389,"cidrIp":"0.0.0.0/0"}"#) == "3389")
    let changed = #"""
      {"ModifySecurityGroupRulesRequest":{"SecurityGroupRule":{"SecurityGroupRule":\#
      {"CidrIpv4":"0.0.0.0/0","IpProtocol":"tcp","FromPort":22,"ToPort":22}}}}
      """#
    #expect(try ports(changed, "ModifySecurityGroupRules") == "22")
    #expect(try ports(#"{"ipPermissions":{"items":7},"ipProtocol":{"a":1}}"#) == nil)
  }

  @Test("What is judged is the same of a record and of its event in ECS, in JSON and in columns")
  func sameInECS() throws {
    let policy = #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"*","Resource":"*"}}"#
    let quoted = JSONValue.string(policy).text
    let record = """
      {"eventID":"1","eventTime":"2026-01-01T00:00:00Z","eventSource":"kms.amazonaws.com","eventName":"PutKeyPolicy",\
      "recipientAccountId":"111122223333","requestParameters":{"keyId":"k","policy":\(quoted)}}
      """
    let ecs = """
      {"@timestamp":"2026-01-01T00:00:00Z","event.provider":"kms.amazonaws.com","event":{"action":"PutKeyPolicy"},\
      "cloud":{"account":{"id":"111122223333"}},\
      "aws":{"cloudtrail.flattened":{"request_parameters":{"keyId":"k","policy":\(quoted)}}}}
      """
    let ours = try Mapped(record).value("martlet")
    #expect(
      ours == [
        "policy": [
          "outside_access": "unconditioned", "outside_accounts": "999988887777", "principals": "other_account",
          "risk_score": 73,
          "target": "key",
        ]
      ])
    #expect(try Mapped(ecs).value("martlet") == ours)
    for text in [record, ecs] {
      let columns = try Mapped(text).columns
      #expect(columns["martlet.policy.outside_accounts"]?.map(\.text) == ["999988887777"])
      #expect(columns["martlet.policy.target"]?.map(\.text) == ["key"])
    }
  }
}
