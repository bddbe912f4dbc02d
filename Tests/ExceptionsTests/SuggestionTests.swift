import Events
import Exceptions
import JSON
import Query
import Rules
import TestSupport
import Testing

struct SuggestionTests {
  private static func alert(
    _ number: Int, day: Int, rule: String = "r", agent: String = "HashiCorp Terraform/1.5", user: String = "AIDA",
    address: String = "198.51.100.1", action: String = "CreateRole", outcome: String = "success",
    severity: String = "low", type: String = "IAMUser", more: [String: JSONValue] = [:]
  ) -> JSONValue {
    let time = "2026-01-\(day < 10 ? "0" : "")\(day)T10:00:0\(number % 10).000Z"
    let members: [String: JSONValue] = [
      "@timestamp": .string(time), "kibana.alert.original_time": .string(time),
      "kibana.alert.rule.rule_id": .string(rule), "kibana.alert.rule.name": .string("Rule \(rule)"),
      "kibana.alert.severity": .string(severity), "user": ["id": .string(user), "name": "deploy"],
      "user_agent": ["original": .string(agent)], "source": ["address": .string(address)],
      "event": ["action": .string(action), "outcome": .string(outcome)],
      "aws": ["cloudtrail": ["user_identity": ["type": .string(type)]]],
    ]
    return .object(members.merging(more) { $1 })
  }

  private static func suggestions(
    _ alerts: [JSONValue], _ options: SuggestionOptions = SuggestionOptions()
  ) -> [SuggestedException] {
    var suggester = ExceptionSuggester(options)
    for alert in alerts {
      let isTaken = suggester.add(alert)
      #expect(isTaken)
    }
    return suggester.suggestions()
  }

  @Test("Infrastructure as code is excepted by user agent and user id, then address and action")
  func infrastructure() throws {
    let suggestions = Self.suggestions((1...4).map { Self.alert($0, day: $0) })
    let only = try #require(suggestions.first)
    #expect(suggestions.count == 1 && only.removed == 4 && only.alerts == 4 && only.days == 4)
    #expect(only.item.scope == .rules(["r"]))
    #expect(
      only.item.entries == [
        ExceptionEntry(field: "user_agent.original", .match("HashiCorp Terraform/1.5")),
        ExceptionEntry(field: "user.id", .match("AIDA")),
        ExceptionEntry(field: "source.address", .match("198.51.100.1")),
        ExceptionEntry(field: "event.action", .match("CreateRole")),
      ])
    #expect(only.signals.contains { $0.contains("Terraform") } && only.item.description.contains("4 alerts on 4 days"))
    #expect(only.first.iso8601 == "2026-01-01T10:00:01.000Z" && only.last.iso8601 == "2026-01-04T10:00:04.000Z")
  }

  @Test(
    "Building blocks are not counted, and one that may not be silenced keeps what would silence it from being proposed")
  func buildingBlocks() throws {
    func sequence(_ day: Int, severity: String = "low", type: String = "IAMUser") -> [JSONValue] {
      let group: [String: JSONValue] = ["kibana.alert.group.id": .string("g-\(day)")]
      return [Self.alert(day, day: day, more: group)]
        + (0...1).map { place in
          Self.alert(
            day, day: day, severity: severity, type: type,
            more: group.merging(["kibana.alert.group.index": .integer(place)]) { $1 })
        }
    }
    var suggester = ExceptionSuggester()
    for alert in (1...4).flatMap({ sequence($0) }) { suggester.add(alert) }
    #expect(suggester.count == 4 && suggester.held == 12)
    let only = try #require(suggester.suggestions().first)
    #expect(only.removed == 4 && only.alerts == 4 && only.item.description.contains("4 alerts on 4 days"))
    #expect(Self.suggestions((1...3).flatMap { sequence($0) } + sequence(4, type: "Root")).isEmpty)
    // Two of them are too few, however many events they stand on.
    #expect(Self.suggestions((1...2).flatMap { sequence($0) }).isEmpty)
  }

  @Test("One name of a session under two roles is not one principal")
  func sessionsOfRoles() throws {
    func alert(_ day: Int, role: String, arnOnly: Bool, action: String = "CreateRole") -> JSONValue {
      let arn = "arn:aws:sts::111122223333:assumed-role/\(role)/ci"
      let context: JSONValue =
        arnOnly ? [:] : ["session_issuer": ["arn": .string("arn:aws:iam::111122223333:role/\(role)")]]
      return Self.alert(
        day, day: day, user: "ci", action: action,
        more: [
          "aws": [
            "cloudtrail": ["user_identity": ["type": "AssumedRole", "arn": .string(arn), "session_context": context]]
          ]
        ])
    }
    for arnOnly in [false, true] {
      let found = Self.suggestions(
        (1...4).map { alert($0, role: "deploy", arnOnly: arnOnly) }
          + (5...9).map { alert($0, role: "admins", arnOnly: arnOnly) })
      #expect(found.map(\.removed) == [5, 4])
      for suggestion in found {
        #expect(
          suggestion.item.entries.contains {
            $0.field.hasSuffix(arnOnly ? "user_identity.arn" : "session_issuer.arn")
          }, "\(suggestion.item.entries)")
      }
    }
    // CloudTrail's own ids begin with the role's, and say enough.
    let named = Self.suggestions((1...4).map { Self.alert($0, day: $0, user: "AROAX:ci", type: "AssumedRole") })
    #expect(named.first?.item.entries.contains { $0.field.hasSuffix("arn") } == false)
  }

  @Test("The same tool and identity count as routine on three days, from few addresses")
  func routine() {
    let console = "Mozilla/5.0 (Macintosh)"
    #expect(Self.suggestions((1...3).map { Self.alert($0, day: $0, agent: console) }).count == 1)
    #expect(Self.suggestions((1...6).map { Self.alert($0, day: 1 + $0 % 2, agent: console) }).isEmpty)
    let moving = (1...9).map { Self.alert($0, day: $0, agent: console, address: "203.0.113.\($0)") }
    #expect(Self.suggestions(moving).isEmpty)
  }

  @Test("Many addresses of one network are named as the network")
  func network() throws {
    let alerts = (1...12).map { at in
      Self.alert(
        at, day: 1 + at % 4,
        more: ["source": ["address": .string("203.0.113.\(at)"), "ip": .string("203.0.113.\(at)")]])
    }
    let only = try #require(Self.suggestions(alerts).first)
    #expect(only.removed == 12)
    #expect(only.item.entries[2] == ExceptionEntry(field: "source.ip", .match("203.0.113.0/24")))
  }

  @Test("What a new terms rule watches keeps an exception narrow while it has few values")
  func terms() throws {
    func alerts(_ targets: Int) -> [JSONValue] {
      (1...12).map { at in
        Self.alert(
          at, day: 1 + at % 4,
          more: [
            "kibana.alert.rule.parameters.new_terms_fields": [
              "aws.cloudtrail.user_identity.arn", "aws.cloudtrail.flattened.request_parameters.roleName",
            ],
            "aws": [
              "cloudtrail": [
                "user_identity": ["type": "IAMUser", "arn": "arn:aws:iam::1:user/x"],
                "flattened": ["request_parameters": ["roleName": .string("role-\(at % targets)")]],
              ]
            ],
          ])
      }
    }
    let field = "aws.cloudtrail.flattened.request_parameters.roleName"
    let few = try #require(Self.suggestions(alerts(2)).first)
    #expect(few.item.entries.last == ExceptionEntry(field: field, .matchAny(["role-0", "role-1"])))
    let many = try #require(Self.suggestions(alerts(12)).first)
    #expect(!many.item.entries.contains { $0.field == field } && many.removed == 12)
  }

  @Test("Alerts from an unusual address go on")
  func unusualAddress() throws {
    let usual = (1...20).map { Self.alert($0, day: 1 + $0 % 5) }
    let odd = Self.alert(1, day: 3, address: "203.0.113.66")
    let only = try #require(Self.suggestions(usual + [odd]).first)
    #expect(only.removed == 20 && only.alerts == 21 && only.addresses == ["198.51.100.1"])
  }

  @Test("A failed event of the same tool and identity is not silenced")
  func failures() throws {
    let alerts = (1...5).map { Self.alert($0, day: $0) } + [Self.alert(1, day: 6, outcome: "failure")]
    let only = try #require(Self.suggestions(alerts).first)
    #expect(only.removed == 5)
    #expect(only.item.entries.contains(ExceptionEntry(field: "event.outcome", .match("success"))))
    #expect(Self.suggestions((1...5).map { Self.alert($0, day: $0, outcome: "failure") }).isEmpty)
  }

  @Test("Root, attack tools and high severity are never silenced")
  func never() {
    #expect(Self.suggestions((1...5).map { Self.alert($0, day: $0, type: "Root") }).isEmpty)
    #expect(Self.suggestions((1...5).map { Self.alert($0, day: $0, agent: "Terraform on Kali") }).isEmpty)
    let high = (1...5).map { Self.alert($0, day: $0, severity: "high") }
    #expect(Self.suggestions(high).isEmpty)
    #expect(Self.suggestions((1...5).map { Self.alert($0, day: $0, severity: "critical") }).isEmpty)
    // One grave alert among many keeps them all.
    let mixed = (1...5).map { Self.alert($0, day: $0) } + [Self.alert(1, day: 6, severity: "critical")]
    #expect(Self.suggestions(mixed).isEmpty)
  }

  @Test(
    "What shares an identity, key, address or session with an alert of an attack tool or of high severity is not proposed",
    arguments: ["AIDA", "arn", "key", "address", "role", "none"], [true, false])
  func suspects(shared: String, isTool: Bool) {
    func identity(_ arn: String, _ key: String, _ role: String) -> JSONValue {
      [
        "cloudtrail": [
          "user_identity": [
            "type": "IAMUser", "arn": .string(arn), "access_key_id": .string(key),
            "session_context": ["session_issuer": ["arn": .string(role)]],
          ]
        ]
      ]
    }
    let quiet = (1...4).map { Self.alert($0, day: $0, more: ["aws": identity("arn", "key", "role")]) }
    let address = shared == "address" ? "198.51.100.1" : "203.0.113.9"
    let grave = Self.alert(
      1, day: 9, rule: "another", agent: isTool ? "aws-cli/2.9 exec-env/Kali" : "aws-cli/2.9",
      user: shared == "AIDA" ? shared : "AIDA-other", address: address, severity: isTool ? "low" : "high",
      more: [
        "aws": identity(
          shared == "arn" ? shared : "arn-other", shared == "key" ? shared : "key-other",
          shared == "role" ? shared : "role-other")
      ])
    #expect(Self.suggestions(quiet + [grave]).isEmpty == (shared != "none"))
    #expect(Self.suggestions([grave] + quiet).isEmpty == (shared != "none"))
  }

  @Test(
    "Who was acted on, keys and sessions that were given out, and other spellings of an address are shared too",
    arguments: [
      ["entity.target.id": "arn:aws:iam::1:user/quiet"], ["target.entity.id": "arn:aws:iam::1:user/quiet"],
      ["related.entity": "arn:aws:iam::1:user/quiet"], ["user.target.id": "AIDA"],
      ["aws.cloudtrail.resources.arn": "arn:aws:iam::1:user/quiet"],
      ["aws.cloudtrail.flattened.response_elements.accessKey.accessKeyId": "KEY"],
      ["aws.cloudtrail.flattened.response_elements.credentials.accessKeyId": "KEY"],
      ["martlet.session.chain.access_key_id": "KEY"], ["martlet.session.chain.by.arn": "arn:aws:iam::1:user/quiet"],
      ["martlet.session.opened_by.access_key_id": "KEY"], ["related.ip": "2001:db8:0::1"],
      ["cloud.account.id": "1", "user.target.name": "deploy"],
    ] as [[String: String]])
  func sharedOtherwise(fields: [String: String]) {
    func quiet(_ number: Int) -> JSONValue {
      Self.alert(
        number, day: number, address: "2001:db8::1",
        more: [
          "cloud": ["account": ["id": "1"]],
          "aws": ["cloudtrail": ["user_identity": ["arn": "arn:aws:iam::1:user/quiet", "access_key_id": "KEY"]]],
        ])
    }
    func grave(_ fields: [String: String]) -> JSONValue {
      Self.alert(
        1, day: 9, rule: "another", agent: "aws-cli/2.9", user: "AIDA-other", address: "203.0.113.9", severity: "high",
        more: fields.mapValues { .string($0) }.merging(["user": ["id": "AIDA-other", "name": "mallory"]]) { $1 })
    }
    let alerts = (1...4).map(quiet)
    #expect(Self.suggestions(alerts + [grave(fields)]).isEmpty)
    // Another value in the same fields casts no doubt.
    let others = fields.mapValues { $0 == "1" ? "2" : $0.contains(":db8:") ? "2001:db8::2" : $0 + "2" }
    #expect(Self.suggestions(alerts + [grave(others)]).count == 1)
  }

  @Test("What was acted on is taken from the field that has it", arguments: ["target.entity.id", "user.target.name"])
  func targets(field: String) throws {
    let alerts = (1...4).map { Self.alert($0, day: $0, more: [field: "the-target"]) }
    let only = try #require(Self.suggestions(alerts).first)
    #expect(only.item.entries.contains(ExceptionEntry(field: field, .match("the-target"))))
  }

  @Test("A service's name in the place of an address is shared by all, and makes nothing suspect")
  func serviceAddress() {
    let quiet = (1...4).map { Self.alert($0, day: $0, address: "cloudformation.amazonaws.com") }
    let grave = Self.alert(
      1, day: 9, rule: "another", user: "AIDA-other", address: "cloudformation.amazonaws.com", severity: "high")
    #expect(Self.suggestions(quiet + [grave]).count == 1)
  }

  @Test("A group is not proposed of which more than two thirds lie within one minute, whichever that is")
  func burst() {
    func at(_ second: Int, day: Int = 1) -> JSONValue {
      let time =
        "2026-01-\(day < 10 ? "0" : "")\(day)T10:\(second / 600)\(second / 60 % 10):\(second % 60 < 10 ? "0" : "")\(second % 60).000Z"
      return Self.alert(1, day: day, more: ["kibana.alert.original_time": .string(time)])
    }
    #expect(Self.suggestions((0...60).map { at($0) }).isEmpty)
    #expect(Self.suggestions((0...61).map { at($0) }).isEmpty)
    // Two thirds in one minute are not more than two thirds.
    #expect(Self.suggestions((0..<20).map { at($0) } + (2...11).map { at(0, day: $0) }).count == 1)
    #expect(Self.suggestions((0..<21).map { at($0) } + (2...11).map { at(0, day: $0) }).isEmpty)
    // Neither the first minute nor one of the clock has to be the one.
    #expect(Self.suggestions((2...4).map { at(0, day: $0) } + (30..<80).map { at($0, day: 5) }).isEmpty)
    #expect(Self.suggestions((0..<50).map { at(40 * $0) }).count == 1)
  }

  @Test("An alert without a user id or with several user agents is in no group")
  func noIdentity() {
    let nobody = (1...5).map { Self.alert($0, day: $0, more: ["user": ["name": "deploy"]]) }
    #expect(Self.suggestions(nobody).isEmpty)
    let several = (1...5).map {
      Self.alert($0, day: $0, more: ["user_agent": ["original": ["Terraform", "Pulumi"]]])
    }
    #expect(Self.suggestions(several).isEmpty)
  }

  @Test("Where the sessions of a role have ever new names, the role stands for them")
  func sessions() throws {
    let alerts = (1...8).map { at in
      Self.alert(
        at, day: at, user: "AROA:run-\(at)",
        more: [
          "aws": [
            "cloudtrail": [
              "user_identity": [
                "type": "AssumedRole",
                "session_context": ["session_issuer": ["arn": "arn:aws:iam::111122223333:role/ci"]],
              ]
            ]
          ]
        ])
    }
    let only = try #require(Self.suggestions(alerts).first)
    #expect(only.removed == 8)
    #expect(only.item.entries[1].field == "aws.cloudtrail.user_identity.session_context.session_issuer.arn")
  }

  @Test("The loudest come first, up to a number, for the rules wanted, and each under a name of its own")
  func order() {
    let alerts =
      (1...3).map { Self.alert($0, day: $0, user: "A") } + (1...5).map { Self.alert($0, day: $0, user: "B") }
      + (1...4).map { Self.alert($0, day: $0, rule: "s") }
    let all = Self.suggestions(alerts)
    #expect(all.map(\.removed) == [5, 4, 3] && Set(all.map(\.item.name)).count == 3)
    var options = SuggestionOptions()
    options.limit = 1
    #expect(Self.suggestions(alerts, options).map(\.removed) == [5])
    options.ruleIDs = ["s"]
    #expect(Self.suggestions(alerts, options).map(\.removed) == [4])
    options.leastAlerts = 5
    #expect(Self.suggestions(alerts, options).isEmpty)
  }

  @Test("The order of the alerts does not matter", arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func shuffled(seed: UInt64) {
    var maker = RandomAlerts(seed: seed)
    let alerts = (0..<300).map { maker.alert($0) }
    let text = SuggestionTOML.text(Self.suggestions(alerts))
    #expect(text == SuggestionTOML.text(Self.suggestions(alerts.shuffled(using: &maker.random))), "seed \(seed)")
  }

  @Test(
    "What is suggested is read again in both formats, and excepts exactly the alerts that were counted",
    arguments: [UInt64.random(in: 0...UInt64.max), 17, 3_911_442_105_775_666_976])
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var checked = 0
    for _ in 0..<10 {
      var maker = RandomAlerts(seed: random.next())
      let alerts = (0..<400).map { maker.alert($0) }
      let suggestions = Self.suggestions(alerts)
      let toml = ExceptionLoader.load(text: SuggestionTOML.text(suggestions), file: "x.toml")
      // Where nothing is suggested, that the file holds nothing is said.
      #expect(toml.diagnostics.isEmpty != suggestions.isEmpty, "seed \(seed): \(toml.diagnostics)")
      #expect(toml.items.map(\.item.entries) == suggestions.map(\.item.entries), "seed \(seed)")
      #expect(toml.items.map(\.item.name) == suggestions.map(\.item.name), "seed \(seed)")
      let kibana = ExceptionLoader.load(
        text: SuggestionNDJSON.lines(suggestions).joined(separator: "\n"), file: "x.ndjson")
      #expect(kibana.diagnostics.isEmpty, "seed \(seed): \(kibana.diagnostics)")
      #expect(kibana.items.map(\.item.entries) == suggestions.map(\.item.entries), "seed \(seed)")
      let set = ExceptionSet(toml)
      for rule in ["r-1", "r-2"] {
        let ofRule = alerts.filter { $0["kibana.alert.rule.rule_id"]?.stringValue == rule }
        let applied = set.items(for: Samples.rule(rule, rule))
        #expect(applied.count == suggestions.count { $0.ruleID == rule })
        for exception in applied {
          let excepted = EventBatches.matching(exception.predicate, ofRule)
          let suggestion = try #require(suggestions.first { $0.item.name == exception.name })
          #expect(excepted.count(where: \.self) == suggestion.removed, "seed \(seed): \(exception.name)")
          for (alert, isExcepted) in zip(ofRule, excepted) where isExcepted {
            let identity = alert["aws"]?["cloudtrail"]?["user_identity"]
            #expect(alert["event"]?["outcome"] == "success" && identity?["type"] != "Root", "seed \(seed)")
            #expect(alert["kibana.alert.severity"] != "high", "seed \(seed)")
            #expect(alert["user"]?["id"] != "AIDA66", "seed \(seed)")
          }
          checked += 1
        }
      }
    }
    #expect(!stands(seed) || checked >= 10, "seed \(seed): the alerts are to give suggestions")
  }
}
