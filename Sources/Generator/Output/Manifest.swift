import Foundation

/// The list of a run's files beside them, so that a later run knows which files it may replace.
///
/// A file's line is written before the file, so the list holds even when a run is cut short. It is plain text under a
/// name that no reader takes for audit records.
enum Manifest {
  static let fileName = "martlet-generated.txt"
  private static let filePrefix = "file "

  /// What stands at the top: what the files are, and the options that made them.
  static func heading(_ options: GeneratorOptions, firstDay: Int) -> String {
    let attacks = options.attacks.map(\.rawValue).joined(separator: ",")
    return """
      # Generated CloudTrail records: every account, name, key and address in them is invented.
      # The list below lets a later run replace these files, and no others.
      events \(options.events)
      days \(options.days)
      accounts \(options.accounts)
      seed \(options.seed)
      start \(CivilDate.timestamp(firstDay * 86_400))
      events-per-file \(options.eventsPerFile)
      compression-level \(options.compressionLevel)
      attacks \(attacks.isEmpty ? "none" : attacks)

      """
  }

  static func line(forFile path: String) -> String { filePrefix + path + "\n" }

  static func text(_ planted: PlantedAttack) -> String {
    """
    planted \(planted.attack.rawValue)
      time \(CivilDate.timestamp(Int(planted.time.timeIntervalSince1970)))
      account \(planted.account)
      who \(planted.who)
      what \(planted.what)
      decisive event \(planted.decisiveEventID)
      events \(planted.eventIDs.joined(separator: " "))

    """
  }

  /// The path that a line of a manifest names; nil when the line names none.
  ///
  /// Only paths of the shape that a run writes are believed, since the files are removed.
  static func path(inLine line: Substring) throws(MalformedLine) -> String? {
    guard line.hasPrefix(filePrefix) else { return nil }
    let path = line.dropFirst(filePrefix.count)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 8, parts[0] == "AWSLogs", parts[2] == "CloudTrail", path.hasSuffix(".json.gz"),
      parts.allSatisfy({ part in
        !part.isEmpty && part.utf8.first != UInt8(ascii: ".")
          && part.utf8.allSatisfy { byte in
            byte == 45 || byte == 46 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
              || (97...122).contains(byte)
          }
      })
    else { throw MalformedLine() }
    return String(path)
  }

  struct MalformedLine: Error {}
}
