/// All that stays the same over a run: the accounts, the catalogue, and the events that are planted.
struct World {
  let seed: UInt64
  /// The first day, counted from 1970-01-01, and the number of days.
  let firstDay: Int
  let days: Int
  let accounts: [Account]
  let catalogue: Catalogue
  /// The attacks' events, by `cell(account:day:)`.
  private(set) var attackEvents: [Int: [PlannedEvent]] = [:]
  private(set) var planted: [PlantedAttack] = []
  private(set) var attackEventCount = 0

  init(options: GeneratorOptions, firstDay: Int) {
    seed = options.seed
    self.firstDay = firstDay
    days = options.days
    accounts = (0..<options.accounts).map { Account(seed: options.seed, index: $0) }
    catalogue = Catalogue()
    for (index, attack) in options.attacks.enumerated() {
      var scene = Scene(world: self, index: index, firstOrdinal: UInt64(attackEventCount))
      scene.play(attack)
      planted.append(scene.planted(attack))
      attackEventCount += scene.events.count
      for event in scene.events {
        attackEvents[cell(account: scene.account.index, day: event.day), default: []].append(event)
      }
    }
  }

  func cell(account: Int, day: Int) -> Int { day * accounts.count + account }

  /// How many regions of an account have records on a day: those in use, and further ones where something is planted there.
  func regionCount(account: Int, day: Int) -> Int {
    let planted = attackEvents[cell(account: account, day: day)]?.map(\.region).max() ?? 0
    return max(Account.regionsPerAccount, planted + 1)
  }

  func isWeekend(day: Int) -> Bool {
    let weekday = CivilDate.weekday(daysSinceEpoch: firstDay + day)
    return weekday == 0 || weekday == 6
  }
}

/// A record that was decided on before the others: an attack's, or an administrator's.
struct PlannedEvent {
  /// The day of the span, and the second of that day.
  var day: Int
  var second: Int
  /// The region's place among all regions of the account, `Account.allRegions`.
  var region: Int
  var record: RecordText
}
