/// One file to write: whose, for which stretch of which day, and which records.
struct FileJob {
  /// Relative to the output directory.
  var path: String
  var directory: String
  var account: Int
  var region: Int
  var day: Int
  /// The place of the file's first record among all records of the run.
  var firstOrdinal: UInt64
  /// The file's part of the `dayCount` records that the account's region has on that day.
  var range: Range<Int>
  var dayCount: Int
  /// The planned records of the stretch, in the order of their times.
  var planned: [PlannedEvent]

  var eventCount: Int { range.count + planned.count }
}

/// The files of a run one after another, worked out as they are asked for: a long run needs no more memory than a short one.
///
/// Records are shared out by weight with whole numbers alone, so the counts add up exactly and are the same everywhere.
struct Plan {
  private let world: World
  private let eventsPerFile: Int
  private let administration: Administration
  /// Records apart from planned ones.
  private let background: Int
  private let totalWeight: Int
  private let keptVisits: Int
  private let allVisits: Int

  private var day = 0
  private var account = 0
  private var region = -1
  private var regionCount = Account.regionsPerAccount
  private var passedWeight = 0
  private var passedVisits = 0
  private var ordinal: UInt64 = 0
  private var visits: [PlannedEvent] = []
  // The cell (day, account, region) that is being cut into files.
  private var count = 0
  private var files = 0
  private var file = 0
  private var planned: [PlannedEvent] = []

  private static let regionWeights = [52, 25, 15, 8]

  /// Fails when the attacks alone have more records than were asked for.
  init(world: World, options: GeneratorOptions) throws(GenerationError) {
    self.world = world
    eventsPerFile = options.eventsPerFile
    administration = Administration(world: world)
    let free = options.events - world.attackEventCount
    guard free >= 0 else {
      throw .badOption(
        "the attacks alone have \(world.attackEventCount) events; ask for at least as many, not \(options.events)")
    }
    var visits = 0
    var weight = 0
    for day in 0..<world.days {
      for account in world.accounts {
        visits += administration.eventCount(account: account, day: day)
        weight += Self.weight(world: world, day: day, account: account.index)
      }
    }
    allVisits = visits
    // Changes by administrators are rare; in a small run they must not crowd out everything else.
    keptVisits = min(visits, free / 20)
    background = free - keptVisits
    totalWeight = weight * Self.regionWeights.reduce(0, +)
  }

  private static func weight(world: World, day: Int, account: Int) -> Int {
    let hours = world.catalogue.hours[world.isWeekend(day: day) ? 1 : 0]
    return hours[24] / 100 * (2_000 / (account + 2))
  }

  private func share(_ weight: Int) -> Int {
    let product = background.multipliedFullWidth(by: weight)
    return totalWeight.dividingFullWidth(product).quotient
  }

  /// The next file, or nil after the last.
  mutating func next() -> FileJob? {
    while file == files {
      guard advance() else { return nil }
    }
    let hours = world.catalogue.hours[world.isWeekend(day: day) ? 1 : 0]
    let first = file * count / files
    let last = (file + 1) * count / files
    let begin = file == 0 ? 0 : DayClock.second(of: first, among: count, hours: hours)
    let end = file + 1 == files ? 86_400 : DayClock.second(of: last, among: count, hours: hours)
    let mine = planned.filter { $0.second >= begin && $0.second < end }
    let (directory, path) = name(end: end)
    let job = FileJob(
      path: path, directory: directory, account: account, region: region, day: day, firstOrdinal: ordinal,
      range: first..<last, dayCount: count, planned: mine)
    ordinal += UInt64(job.eventCount)
    file += 1
    return job.eventCount == 0 ? next() : job
  }

  /// Goes on to the next region, account or day.
  private mutating func advance() -> Bool {
    region += 1
    if region == regionCount {
      region = 0
      account += 1
      if account == world.accounts.count {
        account = 0
        day += 1
      }
    }
    guard day < world.days else {
      region = regionCount - 1
      account = world.accounts.count - 1
      return false
    }
    if region == 0 {
      visits = keptVisitsToday()
      regionCount = world.regionCount(account: account, day: day)
    }
    // In regions that the account does not use there is nothing but what is planted.
    let share = region < Self.regionWeights.count ? Self.regionWeights[region] : 0
    let weight = Self.weight(world: world, day: day, account: account) * share
    let before = self.share(passedWeight)
    passedWeight += weight
    count = self.share(passedWeight) - before
    planned = visits.filter { $0.region == region }
    if let attacks = world.attackEvents[world.cell(account: account, day: day)] {
      planned += attacks.filter { $0.region == region }
    }
    planned = planned.enumerated().sorted { ($0.element.second, $0.offset) < ($1.element.second, $1.offset) }
      .map(\.element)
    file = 0
    files = count + planned.count == 0 ? 0 : max(1, (count + eventsPerFile - 1) / eventsPerFile)
    return true
  }

  private mutating func keptVisitsToday() -> [PlannedEvent] {
    let all = administration.events(account: world.accounts[account], day: day)
    guard allVisits > 0 else { return all }
    var kept: [PlannedEvent] = []
    for event in all {
      let before = passedVisits * keptVisits / allVisits
      passedVisits += 1
      if passedVisits * keptVisits / allVisits > before { kept.append(event) }
    }
    return kept
  }

  /// Where the file lies that ends at second `end`: CloudTrail puts the time of delivery, in steps of five minutes, in the name.
  private func name(end: Int) -> (directory: String, path: String) {
    let account = world.accounts[account]
    let region = account.allRegions[region]
    let date = CivilDate(daysSinceEpoch: world.firstDay + day)
    let minute = min((end + 299) / 300 * 5, 23 * 60 + 55)
    var random = SeededRandom(
      world.seed, Purpose.fileName, UInt64(account.index), UInt64(day * Account.regionsPerAccount + self.region),
      UInt64(file))
    let directory = "AWSLogs/\(account.id)/CloudTrail/\(region)/\(date.slashed)"
    let clock = (minute / 60 < 10 ? "0" : "") + "\(minute / 60)" + (minute % 60 < 10 ? "0" : "") + "\(minute % 60)"
    let name =
      "\(account.id)_CloudTrail_\(region)_\(date.compact)T\(clock)Z_\(random.text(16, of: Alphabet.alphanumeric)).json.gz"
    return (directory, "\(directory)/\(name)")
  }
}

/// Where in the day the records of a day lie: evenly by the hours' weights.
enum DayClock {
  /// The second at which the `index`th of `count` records falls; `jitter`, of 2^32, moves it towards the next.
  @inline(__always)
  static func second(of index: Int, among count: Int, jitter: UInt64 = 0, hours: [Int]) -> Int {
    let share = ((UInt64(index) << 32) + jitter) / UInt64(max(count, 1))
    let target = Int((share * UInt64(hours[24])) >> 32)
    var hour = 0
    while hour < 23 && hours[hour + 1] <= target { hour += 1 }
    return hour * 3_600 + (target - hours[hour]) * 3_600 / (hours[hour + 1] - hours[hour])
  }
}
