import Foundation

/// The making of one planted attack: picks the place and the people, and keeps the calls as they are made.
struct Scene {
  let world: World
  let account: Account
  /// The user whose credentials the intruder holds.
  let user: User
  /// The account that the intruder works from, which is none of the accounts of the run.
  let outsideAccount: String
  /// Where the intruder's calls come from.
  let outsideAddress: String
  var random: SeededRandom

  private let day: Int
  private var second: Int
  private var ordinal: UInt64
  private(set) var events: [PlannedEvent] = []
  /// Which of the calls is the decisive one, and what happened in it.
  private var decisive = 0
  private var who = ""
  private var what = ""

  /// Identifiers of planted events lie apart from all others.
  private static let firstOrdinal: UInt64 = 1 << 61

  init(world: World, index: Int, firstOrdinal: UInt64) {
    self.world = world
    var random = SeededRandom(world.seed, Purpose.attack, UInt64(index))
    account = world.accounts[random.below(world.accounts.count)]
    user = account.users[2 + random.below(8)]
    outsideAccount = "9" + random.text(11, of: Alphabet.digits)
    outsideAddress = "203.0.113.\(120 + random.below(120))"
    // Late in the span, so that there is a history, and in the working hours, with room for the whole sequence.
    day = min(world.days - 1, world.days * (55 + random.below(36)) / 100)
    second = 9 * 3_600 + random.below(8 * 3_600)
    ordinal = Self.firstOrdinal + firstOrdinal
    self.random = random
  }

  /// Seconds since the Unix epoch at the latest call.
  var now: Int { (world.firstDay + day) * 86_400 + second }

  /// The user's own access key, from the intruder's machine.
  var intruder: Caller {
    .user(
      user, of: account.id, from: outsideAddress,
      agent: "Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 "
        + "os/linux#6.6.15-amd64 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython Botocore/1.34.84")
  }

  /// Another user than the intruder's.
  func otherUser() -> User {
    account.users.last { $0 != user } ?? user
  }

  /// Makes a call some seconds after the latest one. IAM's and the console's records are in the home region.
  ///
  /// - Parameter region: its place among `Account.allRegions`.
  @discardableResult
  mutating func call(
    after seconds: Int, _ service: String, _ name: String, by caller: Caller, region: Int = 0, request: String = "null",
    change: (inout RecordText) -> Void = { _ in }
  ) -> Int {
    second += seconds
    var record = RecordText(
      service, name, by: caller, account: account.id, region: account.allRegions[region], time: now,
      requestID: UniqueID.text(high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63))
    record.request = request
    change(&record)
    record.eventID = UniqueID.text(seed: world.seed, ordinal: ordinal)
    ordinal += 1
    events.append(PlannedEvent(day: day, second: second, region: region, record: record))
    return events.count - 1
  }

  /// Says that the `index`th call is what the attack comes down to.
  mutating func decide(_ index: Int, who: String, what: String) {
    decisive = index
    self.who = who
    self.what = what
  }

  /// A request's refusal.
  static func denied(_ permission: String, to caller: Caller, on resource: String = "*") -> (inout RecordText) -> Void {
    { record in
      record.errorCode = "AccessDenied"
      record.errorMessage =
        "User: \(caller.arn) is not authorized to perform: \(permission) on resource: \(resource) because no "
        + "identity-based policy allows the \(permission) action"
    }
  }

  static func writing(_ record: inout RecordText) {
    record.readOnly = false
  }

  /// An access key's text, of a kind that `prefix` tells.
  mutating func key(_ prefix: String) -> String {
    prefix + random.text(16, of: Alphabet.base32)
  }

  /// What to tell about the attack, once it has been played.
  func planted(_ attack: Attack) -> PlantedAttack {
    let event = events[decisive]
    return PlantedAttack(
      attack: attack, account: account.id,
      time: Date(timeIntervalSince1970: Double((world.firstDay + event.day) * 86_400 + event.second)),
      eventIDs: events.map(\.record.eventID), decisiveEventID: event.record.eventID, who: who, what: what)
  }

  /// Makes the calls of `attack`.
  mutating func play(_ attack: Attack) {
    switch attack {
    case .trustPolicy: playTrustPolicy()
    case .consoleLoginWithoutMFA: playConsoleLogin()
    case .createAccessKeyForOtherUser: playAccessKey()
    case .cloudTrailStop: playTrailStop()
    case .shareAMI: playImageSharing()
    case .shareSnapshot: playSnapshotSharing()
    case .secretsSweep: playSecretsSweep()
    case .adminPolicyAttach: playPolicyAttachment()
    case .createAdminUser: playNewAdministrator()
    case .leaveOrganization: playLeaving()
    case .openSSH: playOpenPort()
    case .stealInstanceCredentials: playStolenCredentials()
    case .stopLoggingThenTakeData: playTrailStopAndTheft()
    case .useNewKeyElsewhere: playKeyElsewhere()
    case .sprayConsoleLogins: playSpraying()
    case .massDeletion: playDeletion()
    case .enumeratePermissions: playPermissions()
    case .enumerateRegions: playRegions()
    }
  }
}
