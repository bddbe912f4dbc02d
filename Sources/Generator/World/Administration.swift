/// What administrators and their tools do to roles and keys, on a schedule, so that later changes have a history.
///
/// Each account's deployment pipeline updates the trust policies of two roles every four and six days and adds a role
/// every seven; an administrator updates that of a third role every five days and renews an access key every nine;
/// CloudFormation updates a fourth every two. None but CloudFormation does so on the first day of a span.
struct Administration {
  private let world: World

  /// Each chore: every how many days it is done, and how many records it leaves.
  private enum Chore: Int, CaseIterable {
    case firstPipelineRole, secondPipelineRole, administratorsRole, stackRole, newRole, newKey

    var cadence: Int {
      switch self {
      case .firstPipelineRole: 4
      case .secondPipelineRole: 6
      case .administratorsRole: 5
      case .stackRole: 2
      case .newRole: 7
      case .newKey: 9
      }
    }

    var eventCount: Int { self == .newRole || self == .newKey ? 2 : 1 }
  }

  init(world: World) {
    self.world = world
  }

  /// How many records the chores of the day leave.
  func eventCount(account: Account, day: Int) -> Int {
    chores(account: account, day: day).reduce(0) { $0 + $1.eventCount }
  }

  private func chores(account: Account, day: Int) -> [Chore] {
    Chore.allCases.filter { chore in
      let draw = SeededRandom.mix(world.seed ^ UInt64(account.index * 31 + chore.rawValue + 1) &* 0x9e37_79b9)
      let offset = Int(draw % UInt64(chore.cadence))
      return chore == .stackRole ? day % 2 == offset : day > 0 && day % chore.cadence == offset
    }
  }

  /// The records of the day, in the order of their times for each chore.
  func events(account: Account, day: Int) -> [PlannedEvent] {
    chores(account: account, day: day).flatMap { events(of: $0, account: account, day: day) }
  }

  private func events(of chore: Chore, account: Account, day: Int) -> [PlannedEvent] {
    var random = SeededRandom(
      world.seed, Purpose.administration, UInt64(account.index), UInt64(day), UInt64(chore.rawValue))
    let second = 8 * 3_600 + random.below(9 * 3_600)
    let time = (world.firstDay + day) * 86_400 + second
    let id = account.id
    let created = CivilDate.timestamp(time - 60 - random.below(1_800))
    let key = "ASIA" + random.text(16, of: Alphabet.base32)
    let pipeline = Caller.session(
      of: account.deploymentRole, named: "GitHubActions", account: id, key: key, created: created,
      address: "192.0.2.\(20 + random.below(30))", agent: Agents.terraform)
    let administrator = Caller.user(
      account.administrator, of: id, agent: Agents.commandLines[0] + " command/iam.update-assume-role-policy")

    func record(_ name: String, _ caller: Caller, after seconds: Int = 0) -> RecordText {
      var record = RecordText(
        "iam", name, by: caller, account: id, region: account.regions[0], time: time + seconds,
        requestID: UniqueID.text(high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63))
      record.readOnly = false
      return record
    }
    func trustUpdate(of role: Role, by caller: Caller, trusting principals: [String]) -> [PlannedEvent] {
      var update = record("UpdateAssumeRolePolicy", caller)
      let document = JSONText.string(role.trustPolicy(alsoTrusting: principals))
      update.request = #"{"roleName":"\#(role.name)","policyDocument":\#(document)}"#
      return [PlannedEvent(day: day, second: second, region: 0, record: update)]
    }

    switch chore {
    case .firstPipelineRole:
      return trustUpdate(
        of: account.roles[0], by: pipeline, trusting: [account.deploymentRole.arn(in: id)])
    case .secondPipelineRole:
      return trustUpdate(of: account.roles[1], by: pipeline, trusting: [])
    case .administratorsRole:
      return trustUpdate(of: account.roles[2], by: administrator, trusting: [account.administrator.arn(in: id)])
    case .stackRole:
      let stacks = Caller.session(
        of: account.deploymentRole, named: "AWSCloudFormation", account: id, key: key, created: created,
        address: "cloudformation.amazonaws.com", agent: "cloudformation.amazonaws.com",
        invokedBy: "cloudformation.amazonaws.com")
      return trustUpdate(of: account.roles[3], by: stacks, trusting: [])
    case .newRole:
      let name = "\(account.alias)-job-\(random.text(6, of: Alphabet.hexadecimal))"
      let role = Role(name: name, id: "AROA" + random.text(17, of: Alphabet.base32), service: "lambda.amazonaws.com")
      let document = JSONText.string(role.trustPolicy())
      var create = record("CreateRole", pipeline)
      create.request = #"{"roleName":"\#(name)","assumeRolePolicyDocument":\#(document),"path":"/"}"#
      create.response =
        #"{"role":{"path":"/","roleName":"\#(name)","roleId":"\#(role.id)","arn":"\#(role.arn(in: id))","createDate":"#
        + #""\#(CivilDate.longTimestamp(time))","assumeRolePolicyDocument":\#(document)}}"#
      var attach = record("AttachRolePolicy", pipeline, after: 2)
      attach.request =
        #"{"roleName":"\#(name)","policyArn":"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}"#
      return [
        PlannedEvent(day: day, second: second, region: 0, record: create),
        PlannedEvent(day: day, second: second + 2, region: 0, record: attach),
      ]
    case .newKey:
      let user = account.administrator
      let fresh = "AKIA" + random.text(16, of: Alphabet.base32)
      var create = record("CreateAccessKey", administrator)
      create.request = #"{"userName":"\#(user.name)"}"#
      create.response =
        #"{"accessKey":{"userName":"\#(user.name)","accessKeyId":"\#(fresh)","status":"Active","createDate":"#
        + #""\#(CivilDate.longTimestamp(time))"}}"#
      var update = record("UpdateAccessKey", administrator, after: 600)
      update.request = #"{"userName":"\#(user.name)","accessKeyId":"\#(fresh)","status":"Inactive"}"#
      return [
        PlannedEvent(day: day, second: second, region: 0, record: create),
        PlannedEvent(day: day, second: second + 600, region: 0, record: update),
      ]
    }
  }
}
