/// A kind of caller: who they are, when they are busy, and what they do.
struct Persona {
  /// The part of an account's population that plays the persona.
  enum Cast: Int, CaseIterable {
    case trail, delivery, roleTakers, workloads, functions, linkedRoles, monitoring, consoleUsers, commandLine
    case pipelines, secretReaders, machineUsers, signIn, vendor, outsiders, roots, federated
  }

  var cast: Cast
  /// The share of all records at the persona's busiest.
  var weight: Int
  var rhythm: Rhythm
  /// How many calls follow one another from the same session, on average.
  var run: Int
  /// How many of a thousand calls are denied, and throttled.
  var denied = 0
  var throttled = 0
  /// Whether the records name the client's TLS session, as those of a service's own calls do not.
  var isDirect = true
  var isConsole = false
  /// Whether the persona's calls are all recorded in the home region.
  var isHomeOnly = false
  var actions: [Action]
}

/// How busy a persona is over the hours of a day (UTC), from 0 to 100.
enum Rhythm {
  /// Machines that never rest.
  case steady
  /// Machines that serve people: never idle, busiest in the afternoon.
  case traffic
  /// People at work.
  case office
  /// Jobs of the small hours.
  case nightly

  private static let trafficHours = [
    44, 38, 34, 32, 33, 38, 47, 58, 69, 78, 85, 90, 93, 96, 100, 99, 95, 90, 86, 82, 76, 68, 59, 51,
  ]
  private static let officeHours = [
    2, 1, 1, 1, 1, 3, 11, 36, 74, 95, 100, 92, 64, 80, 97, 94, 83, 62, 36, 20, 12, 8, 5, 3,
  ]
  private static let nightHours = [52, 90, 100, 84, 40, 16, 8, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 8, 10, 16, 30]

  func level(hour: Int, isWeekend: Bool) -> Int {
    switch self {
    case .steady: 60
    case .traffic: isWeekend ? Self.trafficHours[hour] * 7 / 10 : Self.trafficHours[hour]
    case .office: isWeekend ? Self.officeHours[hour] / 12 : Self.officeHours[hour]
    case .nightly: Self.nightHours[hour]
    }
  }
}
