import ArgumentParser
import Outputs

/// Where a search prints: standard output, or a file that is written beside its place and put there at the end.
struct SearchOutput: ~Copyable {
  let output: StandardOutput
  private let file: PlacedFile?
  private let draft: PlacedFile.Draft?
  private var isPlaced = false

  /// - Parameter file: nil for standard output.
  init(_ file: PlacedFile?) throws {
    self.file = file
    do throws(PlacedFile.Failure) {
      draft = try file?.draft()
    } catch {
      throw ValidationError(Terminal.safe("--output: \(file?.path ?? ""): \(error.reason)"))
    }
    output = draft.map { StandardOutput(descriptor: $0.descriptor) } ?? StandardOutput()
  }

  deinit { if !isPlaced { draft?.discard() } }

  /// Puts the file in its place, and says so where that fails.
  ///
  /// Where nothing was searched, what stands there from an earlier search is worth more than a file that says nothing.
  ///
  /// - Returns: the path of a file that was left as it was.
  mutating func place(_ outcome: inout RunOutcome) -> [String] {
    guard let file, let draft else { return [] }
    guard outcome.nothing == nil || !RunOutcome.isWorthKeeping(file.path) else { return [file.path] }
    isPlaced = true
    do throws(PlacedFile.Failure) {
      try draft.place()
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(file.path): \(error.reason)"))
      outcome.hasTrouble = true
    }
    return []
  }
}
