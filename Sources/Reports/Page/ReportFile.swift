import Foundation
import Outputs

/// Where a report is written: beside the place first, then moved there in one step.
///
/// Only a regular file that is an earlier report may be replaced, so that a slip of the hand cannot cost evidence.
public struct ReportFile: Sendable {
  /// What every report starts with, behind its document type.
  static let mark: StaticString = "<!-- Martlet report -->"

  private let file: PlacedFile

  /// Where the report comes to stand.
  public var path: String { file.path }

  /// Checks that a report can be written to a path; throws `ReportFileError`.
  public init(path: String) throws(ReportFileError) {
    guard path != "-" else {
      throw ReportFileError(path: path, reason: "it needs a file, standard output being for the alerts")
    }
    do {
      file = try PlacedFile(path: path) { _ in
        nil
      } refusal: { target in
        Self.isReport(target) ? nil : "there is a file that is no report; remove it or choose another name"
      }
    } catch {
      throw ReportFileError(path: path, reason: error.reason)
    }
  }

  /// Writes a page in pieces and puts it in its place; nothing is left behind when it fails.
  public func write(_ page: (_ output: ([UInt8]) throws -> Void) throws -> Void) throws {
    do {
      try file.write(page)
    } catch let error as PlacedFile.Failure {
      throw ReportFileError(path: file.path, reason: error.reason)
    } catch let error as ReportFileError {
      throw error
    } catch {
      throw ReportFileError(path: file.path, reason: "it cannot be written: \(error)")
    }
  }

  private static func isReport(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 200) else {
      return false
    }
    return String(decoding: start, as: UTF8.self).contains(mark.description)
  }
}
