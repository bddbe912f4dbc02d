import ArgumentParser
import Events
import Outputs
import Query

/// Tables beside the events, in which rules in ES|QL look things up.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("table"),
    help: ArgumentHelp(
      "A table for LOOKUP JOIN and ENRICH of rules in ES|QL, in CSV or lines of JSON; may be given several times.",
      valueName: "name=file"))
  var tables: [String] = []

  /// The tables by name. Throws where one cannot be read.
  func read(_ catalog: FieldCatalog) throws -> [String: ESQLTable] { try ESQLTables.read(tables, catalog) }

  /// The options as they were given.
  var asked: [String] { tables.map { ShellWords.option("--table", $0) } }
}
