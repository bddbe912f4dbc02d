/// Names of zones as Java reads them, beside their names in the time zone database.
enum ZoneNames {
  /// The zones of abbreviations; summer time is told by the date, whichever of a zone's names stands there.
  static let short: [String: String] = [
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Denver", "MDT": "America/Denver",
    "CST": "America/Chicago", "CDT": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York",
    "AKST": "America/Anchorage", "AKDT": "America/Anchorage", "HST": "Pacific/Honolulu", "UTC": "UTC", "GMT": "GMT",
    "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "CET": "Europe/Paris",
    "CEST": "Europe/Paris", "EET": "Europe/Bucharest", "EEST": "Europe/Bucharest", "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney", "ACST": "Australia/Adelaide", "AWST": "Australia/Perth", "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland", "BRT": "America/Sao_Paulo", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong",
    "SAST": "Africa/Johannesburg",
  ]

  static let full: [String: String] = {
    var names = [
      "Coordinated Universal Time": "UTC", "Greenwich Mean Time": "GMT", "British Summer Time": "Europe/London",
    ]
    for (name, zone) in [
      ("Pacific", "America/Los_Angeles"), ("Mountain", "America/Denver"), ("Central", "America/Chicago"),
      ("Eastern", "America/New_York"), ("Alaska", "America/Anchorage"), ("Western European", "Europe/Lisbon"),
      ("Central European", "Europe/Paris"), ("Eastern European", "Europe/Bucharest"), ("India", "Asia/Kolkata"),
      ("Japan", "Asia/Tokyo"), ("Korean", "Asia/Seoul"), ("Moscow", "Europe/Moscow"),
      ("Australian Eastern", "Australia/Sydney"), ("New Zealand", "Pacific/Auckland"),
    ] {
      for kind in ["Standard", "Daylight", "Summer"] { names["\(name) \(kind) Time"] = zone }
    }
    return names
  }()
}
