import Foundation

// Called by the EmbedRules plugin: FOLDER OUTPUT RULE…, the rules by their paths below the folder.
let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  FileHandle.standardError.write(Data("usage: EmbedRulesTool FOLDER OUTPUT RULE…\n".utf8))
  exit(64)
}
let folder = URL(filePath: arguments[1])
var source = """
  /// The rules that ship, as they stand in the package's `Rules` folder.
  public enum BuiltInRules {
    /// Each rule's path below that folder, and its text.
    public static let files: [(path: String, text: String)] = [

  """
for path in arguments[3...] {
  let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  // No rule holds this many number signs behind a quote, so the text stands as it is.
  source += "    (\(String(reflecting: path)), ####\"\"\"\n\(text)\n\"\"\"####),\n"
}
source += "  ]\n}\n"
try source.write(to: URL(filePath: arguments[2]), atomically: true, encoding: .utf8)
