import Foundation
import PackagePlugin

/// Writes the rules that ship into a Swift source, so that the one binary has them with it.
@main
struct EmbedRules: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Rules")
    let paths = FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? []
    let rules = paths.filter { $0.hasSuffix(".toml") }.sorted()
    let output = context.pluginWorkDirectoryURL.appending(path: "BuiltInRules.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(rules.count) rules",
        executable: try context.tool(named: "EmbedRulesTool").url,
        arguments: [folder.path(), output.path()] + rules,
        inputFiles: rules.map { folder.appending(path: $0) },
        outputFiles: [output])
    ]
  }
}
