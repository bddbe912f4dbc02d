/// Every template of every persona, ready to be drawn from.
struct Catalogue {
  /// Things to choose among, each with a weight.
  struct Choices {
    /// The sum of the weights up to and with each choice, as shares of 2^32.
    private var bounds: [UInt64] = []
    private var values: [Int] = []

    init(_ weighted: [(value: Int, weight: Int)]) {
      let total = UInt64(weighted.reduce(0) { $0 + $1.weight })
      var sum: UInt64 = 0
      for (value, weight) in weighted where weight > 0 {
        sum += UInt64(weight)
        bounds.append((sum << 32) / total)
        values.append(value)
      }
    }

    var isEmpty: Bool { values.isEmpty }

    /// The choice that the upper half of `random` falls on; there is at least one.
    @inline(__always)
    func pick(_ random: UInt64) -> Int {
      let share = random >> 32
      var low = 0
      var high = values.count - 1
      while low < high {
        let middle = (low + high) / 2
        if share < bounds[middle] { high = middle } else { low = middle + 1 }
      }
      return values[low]
    }
  }

  private(set) var literals: [UInt8] = []
  private(set) var templates: [Template] = []
  let personas: [Persona]
  /// For each persona, the templates of its calls: those of the home region, then those of the other regions.
  private(set) var calls: [(home: Choices, away: Choices)] = []
  /// Who acts, by whether it is a weekend (0, 1), hour and whether the region is the home region (0, 1).
  private(set) var callers: [Choices] = []
  /// How busy the hours of a working day and of a day at the weekend are: sums up to each hour, 25 of them.
  private(set) var hours: [[Int]] = []

  init(personas: [Persona] = Persona.all) {
    self.personas = personas
    for persona in personas {
      var home: [(value: Int, weight: Int)] = []
      var away: [(value: Int, weight: Int)] = []
      for action in persona.actions {
        for (record, weight) in action.variants(of: persona) {
          let index = templates.count
          templates.append(Template(record.json, literals: &literals))
          home.append((index, weight))
          if !action.isGlobal { away.append((index, weight)) }
        }
      }
      calls.append((Choices(home), Choices(away)))
    }
    for isWeekend in [false, true] {
      var sums = [0]
      for hour in 0..<24 {
        let levels = personas.map { $0.weight * $0.rhythm.level(hour: hour, isWeekend: isWeekend) }
        sums.append(sums[hour] + levels.reduce(0, +))
        // A persona that stays for a run of calls is chosen the less often for it.
        let shares = levels.indices.map { (value: $0, weight: levels[$0] * 360 / personas[$0].run) }
        callers.append(Choices(shares.filter { !personas[$0.value].isHomeOnly && !calls[$0.value].away.isEmpty }))
        callers.append(Choices(shares))
      }
      hours.append(sums)
    }
  }
}

extension Action {
  /// The records that the call can leave behind when `persona` makes it, with their shares.
  func variants(of persona: Persona) -> [(record: RecordText, weight: Int)] {
    var success = record
    if !persona.isDirect { success.host = nil }
    success.fromConsole = persona.isConsole && success.eventType == "AwsApiCall"
    if persona.isDirect && success.service == "s3" { success.agent = "[‹agent›]" }
    if persona.cast == .workloads {
      // A private address is seen of calls through an endpoint of the network; there is one for S3. All others leave by
      // the gateway.
      if success.service == "s3" { success.vpcEndpoint = "‹endpoint›" } else { success.address = "‹egress›" }
    }
    if persona.cast == .commandLine {
      success.agent = success.service == "s3" ? "[‹agent› command/s3.sync]" : "‹agent› command/\(commandLineName)"
    }

    var all = failures
    if persona.denied > 0 { all.append(denial(perMille: persona.denied)) }
    if persona.throttled > 0 { all.append(throttling(perMille: persona.throttled)) }
    var variants: [(record: RecordText, weight: Int)] = []
    var left = 1_000
    for failure in all {
      var failed = success
      failed.errorCode = failure.code
      failed.errorMessage = failure.message
      failed.response = "null"
      variants.append((failed, weight * failure.perMille))
      left -= failure.perMille
    }
    return [(success, weight * max(0, left))] + variants
  }

  private var commandLineName: String {
    var words = ""
    for character in record.name.prefix(while: { !$0.isNumber }) {
      if character.isUppercase && !words.isEmpty { words += "-" }
      words += character.lowercased()
    }
    return "\(record.service).\(words)"
  }

  private func denial(perMille: Int) -> Failure {
    let reason =
      "User: ‹actor› is not authorized to perform: \(permission) on resource: \(target) because no identity-based "
      + "policy allows the \(permission) action"
    return record.service == "ec2"
      ? Failure(
        code: "Client.UnauthorizedOperation", message: "You are not authorized to perform this operation. \(reason)",
        perMille: perMille)
      : Failure(
        code: record.service == "ecs" || record.service == "kms" ? "AccessDeniedException" : "AccessDenied",
        message: reason, perMille: perMille)
  }

  private func throttling(perMille: Int) -> Failure {
    switch record.service {
    case "ec2":
      Failure(code: "Client.RequestLimitExceeded", message: "Request limit exceeded.", perMille: perMille)
    case "s3":
      Failure(code: "SlowDown", message: "Please reduce your request rate.", perMille: perMille)
    default:
      Failure(code: "ThrottlingException", message: "Rate exceeded", perMille: perMille)
    }
  }
}
