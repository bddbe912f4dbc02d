import CArchive
import Foundation

/// An entry of an archive.
struct ArchiveEntry {
  enum Kind {
    case file
    case link
    /// A device or a pipe.
    case special
  }

  /// What the archive calls it, cut where that is very long. It is shown and never used as a path.
  var name: String
  var kind: Kind
  var isEncrypted: Bool
}

/// Reads an archive from its start to its end, entry by entry, through libarchive. Nothing is ever written.
///
/// A zip archive is read by the headers before its members, as it comes, so that one in a pipe or in another archive is
/// read like a file, and no list of its entries is kept. Where only the list at its end tells how long some members are, and
/// it is a file, it is read by that.
final class ArchiveReader {
  private let handle: OpaquePointer
  private let feeder: Feeder
  private let isOutermost: Bool
  let budget: ArchiveBudget
  /// How many archives this one is in.
  let level: Int
  private let format: ArchiveFormat
  private var entries = 0
  /// Whether the archive is a file by itself; else it comes out of a pipe or of another archive.
  private let isFile: Bool
  /// Whether only what stands behind the entry tells how long it is, and that cannot be looked up.
  private var endIsUnknown = false
  private static let tarBlock = 512

  /// Gives libarchive what it asks for.
  private final class Feeder {
    let source: any ByteSource
    /// The file, where it is read by places, and the next of them.
    let file: FileSource?
    var place = 0
    private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    var trouble: (any Error)?
    /// How many zero bytes stand at the end of all that has been given.
    private(set) var zeros = 0
    /// Set while an entry is looked for: what is given then is of no member.
    var skips: ArchiveBudget?

    init(_ source: any ByteSource, _ file: FileSource?) {
      self.source = source
      self.file = file
    }

    deinit { buffer.deallocate() }

    /// The next bytes, where they are put and how many; 0 at the end, -1 for trouble.
    func read(_ place: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
      guard trouble == nil, let start = buffer.baseAddress else { return -1 }
      do {
        let count =
          try file.map { try $0.read(at: self.place, into: start, capacity: buffer.count) }
          ?? source.read(into: start, capacity: buffer.count)
        self.place += count
        // What members come to is counted where they are read.
        source.noteRecords()
        try skips?.add(skipped: count)
        place?.pointee = UnsafeRawPointer(start)
        let tail = buffer[..<count].reversed().prefix { $0 == 0 }.count
        zeros = tail == count ? zeros + count : tail
        return count
      } catch {
        trouble = error
        return -1
      }
    }

    /// Goes to a place of the file and returns it.
    func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
      guard let size = file?.size else { return Int64(ARCHIVE_FATAL) }
      let start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? place : size
      let (target, overflows) = start.addingReportingOverflow(Int(offset))
      guard !overflows, (0...size).contains(target) else { return Int64(ARCHIVE_FATAL) }
      place = target
      return Int64(target)
    }
  }

  /// - Parameters:
  ///   - file: the file that the source gives from its start on, where it is to be read by the list at its end.
  ///   - budget: that of the archive which this one is in; nil for an outermost one.
  init(
    _ source: any ByteSource, seeking file: FileSource? = nil, format: ArchiveFormat, level: Int, budget: ArchiveBudget?
  ) throws {
    guard let handle = archive_read_new() else { throw InputError.unreadable("not enough memory to open the archive") }
    self.handle = handle
    feeder = Feeder(source, file)
    isFile = (source as? PeekedSource)?.file?.size != nil
    isOutermost = budget == nil
    self.budget = budget ?? ArchiveBudget()
    self.level = level
    self.format = format
    switch format {
    case .zip where file != nil:
      archive_read_support_format_zip_seekable(handle)
      archive_read_set_seek_callback(handle) { _, client, offset, whence in
        guard let client else { return -1 }
        return Unmanaged<Feeder>.fromOpaque(client).takeUnretainedValue().seek(offset, whence)
      }
    case .zip: archive_read_support_format_zip_streamable(handle)
    case .tar:
      archive_read_support_format_tar(handle)
      // What stands behind an archive's end may be another one: nothing of it is passed over.
      archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1")
    }
    let client = Unmanaged.passUnretained(feeder).toOpaque()
    let code = archive_read_open(
      handle, client, nil,
      { _, client, place in
        guard let client else { return -1 }
        return Unmanaged<Feeder>.fromOpaque(client).takeUnretainedValue().read(place)
      }, nil)
    guard code == ARCHIVE_OK else { throw trouble("opening the archive") }
  }

  deinit { archive_read_free(handle) }

  /// Bytes taken of what the archive is read from.
  var bytesTaken: Int { feeder.source.bytesTaken }

  /// The next entry that is no directory, or nil at the end. Throws when the archive cannot be read on.
  func next() throws -> ArchiveEntry? {
    while true {
      try budget.check()
      var entry: OpaquePointer?
      feeder.skips = budget
      let code = archive_read_next_header(handle, &entry)
      feeder.skips = nil
      if isOutermost { budget.note(input: bytesTaken) }
      switch code {
      case ARCHIVE_EOF:
        // A file that is read by its list has been read to its end for that.
        if feeder.file == nil { try drain() }
        // A member is filled up with zeros to a block, so a block of them is more.
        if format == .tar, entries > 0, feeder.zeros < Self.tarBlock {
          throw InputError.tornArchive(
            "it ends without its end mark: what may have come behind entry \(entries) was cut off")
        }
        return nil
      case ARCHIVE_OK, ARCHIVE_WARN, ARCHIVE_RETRY: break
      default: throw trouble("reading entry \(entries + 1) of the archive")
      }
      entries += 1
      try budget.addEntry()
      guard code != ARCHIVE_RETRY, let entry else { continue }
      endIsUnknown = format == .zip && !isFile && archive_entry_size_is_set(entry) == 0
      let type = archive_entry_filetype(entry)
      if type == directoryType { continue }
      var kind = ArchiveEntry.Kind.special
      // An entry that is linked to an earlier one has nothing of its own.
      if type == linkType || archive_entry_hardlink(entry) != nil && archive_entry_size(entry) == 0 {
        kind = .link
      } else if type == fileType || type == 0 {
        kind = .file
      }
      return ArchiveEntry(
        name: name(entry), kind: kind, isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
    }
  }

  /// Fills up to `capacity` bytes with what the entry holds, and returns how many; 0 at its end.
  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let count = archive_read_data(handle, start, capacity)
    guard count >= 0 else { throw trouble("reading it out of the archive") }
    if isOutermost { budget.note(input: bytesTaken) }
    return count
  }

  private func name(_ entry: OpaquePointer) -> String {
    let text = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
    guard let text else { return "entry \(entries)" }
    let length = strnlen(text, InputLimits.shownNameBytes)
    let bytes = UnsafeRawBufferPointer(start: text, count: length)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads what is left behind the last entry, so that damage there is found.
  private func drain() throws {
    var left = InputLimits.archiveTailBytes
    var place: UnsafeRawPointer?
    while left > 0 {
      let count = feeder.read(&place)
      if count < 0 { throw trouble("reading the end of the archive") }
      if count == 0 { return }
      left -= count
    }
  }

  private func trouble(_ doing: String) -> any Error {
    if let error = feeder.trouble { return error }
    let cause = archive_error_string(handle).map { String(cString: $0) } ?? "code \(archive_errno(handle))"
    if cause.hasPrefix("Unsupported ZIP compression method"), let name = cause.firstRange(of: ": ") {
      return InputError.unopened(
        "it is packed by a method that is not read (\(cause[name.upperBound...].prefix { $0 != ")" })); unpack the "
          + "archive first")
    }
    let method = archive_format_name(handle).map { String(cString: $0) } ?? ""
    if endIsUnknown, !method.hasSuffix("(deflation)") {
      return InputError.unopened(
        "how long entry \(entries) is stands behind it alone, which is of use only in a file by itself: save the zip "
          + "archive as one, or unpack it first")
    }
    return InputError.tornArchive("\(doing): \(cause)")
  }
}

// `AE_IFREG` and the like are macros with casts, which Swift does not see.
private let fileType: mode_t = 0o100000
private let linkType: mode_t = 0o120000
private let directoryType: mode_t = 0o040000

/// What the current entry of an archive holds.
final class MemberSource: ByteSource {
  private let reader: ArchiveReader
  private(set) var bytesTaken = 0

  init(_ reader: ArchiveReader) { self.reader = reader }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let count = try reader.read(into: start, capacity: capacity)
    bytesTaken += count
    return count
  }
}
