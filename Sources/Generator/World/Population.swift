/// Who makes calls in an account.
struct Population {
  static let linkedRoles = [
    "AWSServiceRoleForConfig", "AWSServiceRoleForAutoScaling", "AWSServiceRoleForTrustedAdvisor",
    "AWSServiceRoleForSecurityHub", "AWSServiceRoleForRDS", "AWSServiceRoleForResourceExplorer",
    "observability-integration",
  ]
  static let peopleRoles = [
    "AWSReservedSSO_Developer_", "AWSReservedSSO_ReadOnly_", "AWSReservedSSO_Administrator_", "AWSReservedSSO_Billing_",
  ]
  private static let services: [(name: String, role: String)] = [
    ("config.amazonaws.com", "AWSServiceRoleForConfig"),
    ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
    ("securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub"),
    ("trustedadvisor.amazonaws.com", "AWSServiceRoleForTrustedAdvisor"),
    ("resource-explorer-2.amazonaws.com", "AWSServiceRoleForResourceExplorer"),
  ]

  var roles: [Role]
  var linked: [String: Role]
  var deployment: Role
  var users: [User]
  var names: NamePool
  var applications: [String]
  /// The public address of the gateway through which the account's private networks reach the internet.
  var gatewayAddress: String

  /// The actors of each cast, in the order of `Persona.Cast`; the first of a cast are the busiest.
  func casts(random: inout SeededRandom) -> [[Actor]] {
    var casts: [[Actor]] = []
    for cast in Persona.Cast.allCases { casts.append(actors(cast, random: &random)) }
    return casts
  }

  private func actors(_ cast: Persona.Cast, random: inout SeededRandom) -> [Actor] {
    switch cast {
    case .trail: [service("cloudtrail.amazonaws.com", spread: 1)]
    case .delivery: [service("delivery.logs.amazonaws.com", spread: 1)]
    case .roleTakers:
      ["lambda", "ec2", "ecs-tasks", "states", "scheduler", "config"].map { service("\($0).amazonaws.com", spread: 16) }
    case .workloads: workloads(&random)
    case .functions: functions(&random)
    case .linkedRoles:
      Self.services.compactMap { name, roleName in
        role(roleName).map {
          var actor = actor(.program($0, session: String(roleName.dropFirst(17)), invokedBy: name), name, name)
          actor.spread = 16
          return actor
        }
      }
    case .secretReaders:
      role("AWSServiceRoleForRDS").map {
        [
          actor(
            .program($0, session: "ProxySession", invokedBy: "rds.amazonaws.com"), "rds.amazonaws.com",
            "rds.amazonaws.com")
        ]
      } ?? []
    case .monitoring:
      role("observability-integration").map {
        [actor(.program($0, session: "observability-integration", invokedBy: nil), "203.0.113.40", Agents.observer)]
      } ?? []
    case .consoleUsers: consoleUsers(&random)
    case .commandLine:
      users.dropFirst().prefix(9).enumerated().map { index, user in
        actor(.user(user, isConsole: false), user.address, user.agent, offset: index)
      }
    case .pipelines:
      [
        actor(
          .person(deployment, session: "GitHubActions", provider: "token.actions.githubusercontent.com"),
          "192.0.2.\(20 + random.below(30))", Agents.terraform)
      ]
    case .machineUsers: machineUsers(&random)
    case .signIn:
      users.prefix(8).enumerated().map { index, user in
        actor(.user(user, isConsole: true), user.address, Agents.browsers[index % Agents.browsers.count])
      }
    case .vendor:
      [
        actor(
          .otherAccount(
            id: "\(200_000_000 + random.below(99_999_999))" + random.text(3, of: Alphabet.digits),
            principal: "AROA" + random.text(17, of: Alphabet.base32) + ":observer"),
          "203.0.113.40", Agents.observer, tls: Agents.modernTLS, offset: roles.count - 1, spread: 1)
      ]
    case .outsiders:
      (0..<4).map { index in
        actor(
          .otherAccount(
            id: "\(300_000_000 + random.below(99_999_999))" + random.text(3, of: Alphabet.digits),
            principal: "AIDA" + random.text(17, of: Alphabet.base32)),
          "192.0.2.\(100 + index)", Agents.programs[index % Agents.programs.count], offset: 3, spread: 2)
      }
    case .roots: [actor(.root, "198.51.100.9", Agents.browsers[0])]
    case .federated: [actor(.federated("reporting-analyst"), "198.51.100.80", Agents.commandLines[0], offset: 3)]
    }
  }

  private func role(_ name: String) -> Role? { linked[name] }

  private func service(_ name: String, spread: Int) -> Actor {
    actor(.service(name), name, name, spread: spread)
  }

  private func actor(
    _ kind: Actor.Kind, _ address: String, _ agent: String, tls: String = Agents.modernTLS, offset: Int = 0,
    spread: Int = 5
  ) -> Actor {
    Actor(kind: kind, address: address, egress: nil, agent: agent, offset: offset, spread: spread, tls: tls)
  }

  private func workloads(_ random: inout SeededRandom) -> [Actor] {
    let instances = names.names(.instance)
    var actors: [Actor] = []
    for index in 0..<30 {
      let role = roles[index % roles.count]
      guard role.service != "lambda.amazonaws.com" else { continue }
      let session =
        role.service == "ec2.amazonaws.com"
        ? instances[index % instances.count] : random.text(32, of: Alphabet.hexadecimal)
      var workload = actor(
        .program(role, session: session, invokedBy: nil), "10.20.\(random.below(16)).\(4 + random.below(240))",
        Agents.programs[index % Agents.programs.count], tls: index % 7 == 0 ? Agents.olderTLS : Agents.modernTLS,
        offset: 1 + index)
      workload.egress = gatewayAddress
      actors.append(workload)
    }
    return actors
  }

  private func machineUsers(_ random: inout SeededRandom) -> [Actor] {
    ["backup-agent", "warehouse-sync", "partner-upload", "build-cache", "log-shipper", "erp-export"].enumerated().map {
      index, name in
      let user = User(
        name: name, id: "AIDA" + random.text(17, of: Alphabet.base32),
        accessKey: "AKIA" + random.text(16, of: Alphabet.base32), address: "192.0.2.\(140 + index)",
        agent: Agents.programs[(index + 1) % Agents.programs.count])
      return actor(.user(user, isConsole: false), user.address, user.agent, offset: 2 + index)
    }
  }

  private func functions(_ random: inout SeededRandom) -> [Actor] {
    let functions = names.names(.function)
    return functions.indices.compactMap { index in
      let role = roles[index / 3]
      guard role.service == "lambda.amazonaws.com" else { return nil }
      return actor(
        .program(role, session: functions[index], invokedBy: nil), "192.0.2.\(60 + random.below(30))", Agents.function,
        offset: index)
    }
  }

  private func consoleUsers(_ random: inout SeededRandom) -> [Actor] {
    users.indices.compactMap { index in
      let name = Self.peopleRoles[index % 7 == 6 ? 2 : index % 9 == 8 ? 3 : index % 3 == 2 ? 1 : 0]
      return role(name).map {
        actor(
          .person($0, session: "\(users[index].name)@example.com", provider: nil), users[index].address,
          Agents.browsers[random.below(Agents.browsers.count)], offset: index)
      }
    }
  }
}
