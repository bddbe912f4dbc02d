extension Account {
  static let regionsPerAccount = 4
  private static let otherRegions = [
    "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2", "us-east-2", "ap-northeast-1", "ca-central-1",
  ]
  private static let purposes = ["prod", "staging", "data", "shared", "sandbox", "security", "retail", "research"]
  private static let people = [
    "amara.okafor", "jonas.lindqvist", "mei.tanaka", "rafael.duarte", "priya.raman", "tomas.novak", "leila.haddad",
    "samuel.osei", "ingrid.solberg", "marco.bianchi", "nadia.petrova", "owen.gallagher", "yuki.mori", "elena.vasquez",
    "kofi.mensah", "hannah.weiss", "diego.salazar", "aisha.rahman", "viktor.horvat", "chloe.martin", "ravi.iyer",
    "sofia.lund", "mateus.rocha", "freya.jensen",
  ]
  private static let applications = [
    "orders-api", "payments-api", "catalog-search", "ingest-worker", "thumbnailer", "billing-export",
    "notification-fanout", "customer-portal", "fraud-scoring", "inventory-sync", "report-builder", "etl-nightly",
    "webhook-relay", "feature-flags", "lake-loader", "mail-sender",
  ]
  private static let roleServices = ["ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]

  /// The `index`th account of the seed.
  init(seed: UInt64, index: Int) {
    var random = SeededRandom(seed, Purpose.account, UInt64(index))
    self.index = index
    // The account's place is part of its number, so that no two accounts of a seed share one.
    let number = 100_000_000 + (random.below(800_000) * 1_000 + index)
    id = "\(number)" + random.text(3, of: Alphabet.digits)
    let round = index / Self.purposes.count
    alias = Self.purposes[index % Self.purposes.count] + (round == 0 ? "" : "\(round + 1)")

    var regions = ["us-east-1"]
    var candidates = Self.otherRegions
    while regions.count < Self.regionsPerAccount {
      regions.append(candidates.remove(at: random.below(candidates.count)))
    }
    self.regions = regions
    allRegions = regions + candidates

    let firstPerson = random.below(Self.people.count)
    var users: [User] = []
    for offset in 0..<14 {
      users.append(
        User(
          name: Self.people[(firstPerson + offset) % Self.people.count],
          id: "AIDA" + random.text(17, of: Alphabet.base32), accessKey: "AKIA" + random.text(16, of: Alphabet.base32),
          address: "198.51.100.\(10 + random.below(60))",
          agent: Agents.commandLines[random.below(Agents.commandLines.count)]))
    }
    self.users = users
    administrator = users[0]

    func role(_ name: String, _ service: String) -> Role {
      Role(name: name, id: "AROA" + random.text(17, of: Alphabet.base32), service: service)
    }
    var roles: [Role] = []
    for (offset, application) in Self.applications.enumerated() {
      roles.append(role("\(application)-role", Self.roleServices[offset % 3]))
    }
    self.roles = roles
    deploymentRole = role("deployment-pipeline", "ec2.amazonaws.com")

    let names = Self.names(alias: alias, id: id, regions: regions, users: users, roles: roles, random: &random)
    self.names = names
    var linked: [String: Role] = [:]
    for name in Population.linkedRoles + Population.peopleRoles {
      linked[name] = role(name.hasPrefix("AWSReserved") ? name + random.text(16, of: Alphabet.hexadecimal) : name, "")
    }
    let population = Population(
      roles: roles, linked: linked, deployment: deploymentRole, users: users, names: names,
      applications: Self.applications, gatewayAddress: "192.0.2.\(90 + index % 10)")
    casts = population.casts(random: &random)
    var firstActor: [Int] = []
    var count = 0
    for cast in casts {
      firstActor.append(count)
      count += cast.count
    }
    self.firstActor = firstActor
    actorCount = count
  }

  private static func names(
    alias: String, id: String, regions: [String], users: [User], roles: [Role], random: inout SeededRandom
  ) -> NamePool {
    var names = NamePool(regions: regions.count)
    let company = "example-\(alias)"
    // The log bucket comes first: the services that deliver logs know no other.
    for purpose in ["logs", "events", "media", "exports", "lake", "backups", "builds", "tf-state", "static", "uploads"]
    {
      names.append("\(company)-\(purpose)-\(id.suffix(4))", to: .bucket)
    }
    for application in applications {
      for part in ["handler", "worker", "cron"] {
        names.append("\(application)-\(part)", to: .function)
        names.append("/aws/lambda/\(application)-\(part)", to: .logGroup)
      }
      names.append("\(application)-\(alias)", to: .table)
      names.append("\(application)/database-\(random.text(6, of: Alphabet.alphanumeric))", to: .secret)
      names.append("/\(alias)/\(application)/config", to: .parameter)
      names.append("\(application)-jobs", to: .queue)
      names.append("\(application)-\(alias)", to: .stack)
      names.append(application, to: .cluster)
    }
    for role in roles {
      names.append(role.name, to: .role)
      names.append(role.id, to: .roleID)
    }
    for user in users { names.append(user.name, to: .user) }
    for region in regions.indices {
      func add(_ count: Int, _ prefix: String, _ list: NameList) {
        for _ in 0..<count {
          names.append(prefix + random.text(17, of: Alphabet.hexadecimal), to: list, region: region)
        }
      }
      add(48, "i-0", .instance)
      add(64, "vol-0", .volume)
      add(6, "subnet-0", .subnet)
      add(16, "sg-0", .securityGroup)
      add(2, "vpc-0", .network)
      add(10, "ami-0", .image)
      add(20, "snap-0", .snapshot)
      add(1, "vpce-0", .endpoint)
      for _ in 0..<8 {
        names.append(
          UniqueID.text(high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63), to: .key,
          region: region)
      }
      for application in applications.prefix(6) {
        names.append("\(application)/" + random.text(16, of: Alphabet.hexadecimal), to: .loadBalancer, region: region)
      }
    }
    return names
  }
}
