import Foundation
import JSON
import Reports

/// Puts alerts behind what is in a file, a line of JSON each.
///
/// A line that a process did not get to write to its end is taken off, and one that is there already is not written again, so that a process
/// which is killed leaves every alert once.
enum AlertFileExport {
  /// How much of the end of the file is looked at for alerts that are there: more than one process writes at once.
  private static let looked = 64 << 20

  static func append(_ documents: [[UInt8]], to path: String) -> ChannelSender.Outcome {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    func failed(_ what: String) -> ChannelSender.Outcome {
      .failed("\(path) cannot be \(what): \(String(cString: strerror(errno)))")
    }
    guard descriptor >= 0 else { return failed("opened") }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { return failed("locked") }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { return failed("written: it is no file") }
    let start = max(0, Int(size) - looked)
    var tail = [UInt8](repeating: 0, count: Int(size) - start)
    var read = 0
    while read < tail.count {
      let count = tail.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + read, $0.count - read, off_t(start + read))
      }
      guard count > 0 else { return failed("read") }
      read += count
    }
    var end = Int(size)
    if let last = tail.last, last != 0x0A {
      // Only what is behind the last whole line can be ours.
      end = start + (tail.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
      guard end > 0 || start == 0 else {
        return .refused("\(path) has a line of more than 64 MiB: it is no file of alerts")
      }
      guard ftruncate(descriptor, off_t(end)) == 0 else { return failed("cut") }
    }
    let there = ids(in: tail[..<(end - start)])
    var text: [UInt8] = []
    for document in documents {
      guard let alert = try? AlertDocument(written: document), !there.contains(alert.id) else { continue }
      text += alert.json
      text.append(0x0A)
    }
    var rest = text[...]
    var place = end
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(place)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return failed("written") }
      rest = rest.dropFirst(count)
      place += count
    }
    guard fsync(descriptor) == 0 else { return failed("written") }
    return .sent
  }

  /// The ids of alerts in lines that this program wrote.
  private static func ids(in text: ArraySlice<UInt8>) -> Set<String> {
    var ids: Set<String> = []
    for line in text.split(separator: 0x0A) {
      if let alert = try? AlertDocument(json: line) { ids.insert(alert.id) }
    }
    return ids
  }
}
