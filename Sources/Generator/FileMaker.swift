/// Writes the text of files: the hot path. One per worker; everything it keeps is reused for the next file.
///
/// Whatever it writes depends on the job and the world alone, never on the files that it wrote before.
final class FileMaker {
  private let world: World
  private let writer = ByteWriter(capacity: 4 << 20)
  private var sessions: [Session?] = []
  private var sessionsAccount = -1

  init(world: World) {
    self.world = world
  }

  /// The JSON of one file; valid until the next call.
  func text(of job: FileJob) -> UnsafeBufferPointer<UInt8> {
    writer.removeAll()
    writer.append(#"{"Records":["#)
    let account = world.accounts[job.account]
    if sessionsAccount != job.account {
      sessionsAccount = job.account
      sessions = Array(repeating: nil, count: account.actorCount)
    }
    world.catalogue.literals.withUnsafeBufferPointer { literals in
      account.names.bytes.withUnsafeBufferPointer { names in
        if let literals = literals.baseAddress, let names = names.baseAddress {
          appendRecords(of: job, account: account, literals: literals, names: names)
        }
      }
    }
    writer.append("]}")
    return writer.buffer
  }

  private func appendRecords(
    of job: FileJob, account: Account, literals: UnsafePointer<UInt8>, names: UnsafePointer<UInt8>
  ) {
    let catalogue = world.catalogue
    let isWeekend = world.isWeekend(day: job.day)
    let hours = catalogue.hours[isWeekend ? 1 : 0]
    let firstCaller = isWeekend ? 48 : 0
    let isHome = job.region == 0
    let dayStart = (world.firstDay + job.day) * 86_400
    var random = SeededRandom(
      world.seed, Purpose.file, UInt64(job.account), UInt64(job.day * Account.regionsPerAccount + job.region),
      UInt64(job.range.lowerBound))
    var painter = RecordPainter(
      writer: writer, literals: literals, names: names, account: account, region: job.region, world: world,
      day: job.day)
    var ordinal = job.firstOrdinal
    var planned = job.planned[...]
    var run = 0
    var persona = 0
    var actorIndex = 0
    var isFirst = true

    for index in job.range {
      let second = DayClock.second(of: index, among: job.dayCount, jitter: random.next() >> 32, hours: hours)
      while let event = planned.first, event.second <= second {
        append(event, ordinal: ordinal, isFirst: isFirst)
        isFirst = false
        ordinal += 1
        planned.removeFirst()
      }
      if run == 0 {
        persona = catalogue.callers[firstCaller + second / 3_600 * 2 + (isHome ? 1 : 0)].pick(random.next())
        actorIndex = Skew.pick(random.next(), among: account.casts[catalogue.personas[persona].cast.rawValue].count)
        run = 1 + random.below(2 * catalogue.personas[persona].run - 1)
      }
      run -= 1
      let cast = catalogue.personas[persona].cast.rawValue
      let number = account.firstActor[cast] + actorIndex
      let session = session(
        number, cast: cast, index: actorIndex, slot: (dayStart + second) / Session.duration, account)
      let calls = catalogue.calls[persona]
      let template = isHome ? calls.home.pick(random.next()) : calls.away.pick(random.next())
      if !isFirst { writer.append(44) }
      isFirst = false
      painter.begin(
        second: second, ordinal: ordinal, choice: random.next(), detail: random.next(),
        actor: account.casts[cast][actorIndex])
      painter.paint(catalogue.templates[template], session: session, random: &random)
      ordinal += 1
    }
    for event in planned {
      append(event, ordinal: ordinal, isFirst: isFirst)
      isFirst = false
      ordinal += 1
    }
  }

  private func append(_ event: PlannedEvent, ordinal: UInt64, isFirst: Bool) {
    if !isFirst { writer.append(44) }
    var record = event.record
    if record.eventID.isEmpty { record.eventID = UniqueID.text(seed: world.seed, ordinal: ordinal) }
    writer.append(record.json)
  }

  private func session(_ number: Int, cast: Int, index: Int, slot: Int, _ account: Account) -> Session {
    if let session = sessions[number], session.slot == slot { return session }
    let session = Session(
      account.casts[cast][index], index: number, slot: slot, account: account, seed: world.seed)
    sessions[number] = session
    return session
  }
}

/// Choices among a list whose first entries come up far more often than its last.
enum Skew {
  @inline(__always)
  static func pick(_ random: UInt64, among count: Int) -> Int {
    let share = random >> 32
    return Int(truncatingIfNeeded: (((share * share) >> 32) * UInt64(truncatingIfNeeded: count)) >> 32)
  }
}
