import Detection
import Foundation
import Rules

/// Alerts as a table for a person: a row an alert, or one for several that are alike.
public struct AlertTable {
  private let table: TextTable
  private let folds: Bool
  private let hasStatus: Bool
  private let isWide: Bool
  private let idDigits: Int

  /// Lays the table out for rows, of which the first few hundred suffice.
  ///
  /// - Parameters:
  ///   - width: columns that there are; without it nothing is cut.
  ///   - folds: a column says how many alerts a row stands for.
  ///   - hasStatus: a column says whether alerts are open, acknowledged or closed.
  ///   - idDigits: digits of an id where the width is bounded, as `idDigits(_:)` finds them.
  public init(
    sample: [AlertRow], width: Int?, folds: Bool, hasStatus: Bool = false, idDigits: Int = Self.leastDigits,
    usesColour: Bool
  ) {
    self.folds = folds
    self.hasStatus = hasStatus
    self.idDigits = idDigits
    isWide = width == nil
    let columns: [TextTable.ColumnStyle] =
      [.init("ID", limit: 64), .init("TIME")] + (folds ? [.init("N")] : [])
      + [.init("SEVERITY")] + (hasStatus ? [.init("STATUS")] : [])
      + [
        .init("RULE", yields: 1, least: 16), .init("WHO", limit: 48, yields: 3, least: 14),
        .init("WHAT", limit: 40, yields: 2, least: 12), .init("OUTCOME"),
        .init("TARGET", limit: 48, yields: 4, least: 10), .init("ACCOUNT"), .init("REGION"), .init("FROM"),
      ]
    table = TextTable(
      columns,
      sample: sample.map { Self.cells($0, folds: folds, hasStatus: hasStatus, isWide: width == nil, idDigits) },
      width: width,
      usesColour: usesColour)
  }

  public var header: String { table.header }

  /// Stands behind the rule's name where a row has an alert whose history was given in part.
  private static let shortHistoryMark = " *"

  /// The line below rows that explains their marks; nil where none has one.
  public static func footnote(_ rows: some Sequence<AlertRow>) -> String? {
    rows.contains(where: \.hasShortHistory)
      ? "* only a part of the rule's history was given: what is called new may have been seen before" : nil
  }

  public func row(_ row: AlertRow) -> String {
    table.row(
      Self.cells(row, folds: folds, hasStatus: hasStatus, isWide: isWide, idDigits),
      colours: [folds ? 3 : 2: Self.colour(row.first.severity)]
    )
  }

  /// Digits of an id where the width is bounded, unless more are needed: `show` takes the start of an id.
  public static let leastDigits = 8

  /// How many digits tell the ids of alerts apart, `leastDigits` at least; equal ids are one.
  public static func idDigits(_ ids: some Sequence<String>) -> Int {
    let sorted = Set(ids).sorted()
    return zip(sorted, sorted.dropFirst()).reduce(leastDigits) { most, pair in
      max(most, pair.0.commonPrefix(with: pair.1).count + 1)
    }
  }

  private static func cells(
    _ row: AlertRow, folds: Bool, hasStatus: Bool, isWide: Bool, _ idDigits: Int
  ) -> [String] {
    let line = row.first
    let time = line.time?.iso8601 ?? "-"
    return
      ([isWide ? line.id : String(line.id.prefix(idDigits)), isWide ? time : time.replacing(".000Z", with: "Z")]
      + (folds ? [String(row.count)] : [])
      + [line.severity.rawValue] + (hasStatus ? [line.status ?? "-"] : [])
      + [
        line.rule + (row.hasShortHistory ? shortHistoryMark : ""), line.who ?? "-",
        row.actions.text ?? "-", line.outcome ?? "-",
        row.targets.text ?? "-", line.account ?? "-", row.regions.text ?? "-", row.origins.text ?? "-",
      ]).map(Terminal.safe)
  }

  /// SGR codes: the graver, the warmer.
  public static func colour(_ severity: Severity) -> String {
    switch severity {
    case .low: "36"
    case .medium: "33"
    case .high: "31"
    case .critical: "1;37;41"
    }
  }
}
