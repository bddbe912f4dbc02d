import Foundation
import Parallel

/// What the folder knows of its newest commit beside the catalog, in the file `newest`.
///
/// A catalog that someone put back from an earlier time would give segments numbers that others have had since, and whoever has looked at
/// all up to some number, as rules have, would pass over them. The mark is written behind each commit, so that it never names more
/// than the catalog does, unless the catalog is another.
struct CommitMark: Equatable, Sendable {
  /// The highest number and the highest name, as a number, that segments have had.
  var number: Int64
  var name: Int64

  /// The mark of a folder; nil where there is none that can be read.
  static func read(_ folder: StoreFolder) -> CommitMark? {
    let descriptor = open(folder.mark, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let number = Int64(words[0]), let name = Int64(words[1]), number > 0, name > 0,
      number <= StoreFolder.highestNumber, name <= StoreFolder.highestNumber
    else { return nil }
    return CommitMark(number: number, name: name)
  }

  /// Writes the mark. That it fails is no harm: an older mark says less, and nothing that is wrong.
  func write(_ folder: StoreFolder) {
    let descriptor = open(folder.mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Of one length, so that it is whole whenever it is read.
    func padded(_ value: Int64) -> String { String(repeating: " ", count: max(0, 20 - "\(value)".count)) + "\(value)" }
    let text = Array("\(padded(number)) \(padded(name))\n".utf8)
    _ = pwrite(descriptor, text, text.count, 0)
    // Behind it lies what somebody else wrote there.
    _ = ftruncate(descriptor, off_t(text.count))
  }
}
