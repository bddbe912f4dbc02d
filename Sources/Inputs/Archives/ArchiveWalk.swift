import CloudTrail
import Foundation

/// A member of an archive that has been read whole, packed as it is in there.
struct LoadedMember: Sendable {
  var origin: InputOrigin
  /// Where it lies in the buffer that it was read into.
  var range: Range<Int>
  /// How many archives it is in.
  var level: Int
  var budget: ArchiveBudget
}

/// Goes over an archive's members, small ones by the handful.
final class ArchiveWalk {
  /// What was found in some entries.
  struct Portion {
    var members: [LoadedMember] = []
    /// A member that is too long to be read whole; it is to be read before the next portion.
    var long: (origin: InputOrigin, source: any ByteSource)?
    var problems = ProblemLog()
    var passedOver = PassedOver()
    var isLast = false
  }

  let reader: ArchiveReader
  private let name: String
  private let place: String?
  private let sizes: ReadingSizes
  private var waiting: (origin: InputOrigin, source: any ByteSource)?

  /// - Parameter origin: of the archive.
  init(_ reader: ArchiveReader, _ origin: InputOrigin, sizes: ReadingSizes) {
    self.sizes = sizes
    self.reader = reader
    name = origin.name
    place = origin.place
  }

  /// Reads the next members into a buffer, from its start on.
  func next(into buffer: TextBuffer) -> Portion {
    var portion = Portion()
    if let long = waiting {
      waiting = nil
      portion.long = long
      return portion
    }
    buffer.count = 0
    buffer.grow(to: InputLimits.unitBytes + sizes.streamedBytes + 1)
    var used = 0
    while used < InputLimits.unitBytes, portion.members.count < InputLimits.unitFiles {
      let entry: ArchiveEntry
      do {
        guard let next = try reader.next() else {
          portion.isLast = true
          return portion
        }
        entry = next
      } catch {
        portion.problems.note(RecordProblem(file: name, error: error, offset: nil))
        portion.isLast = true
        return portion
      }
      var origin = InputOrigin(name: "\(name): \(entry.name)", path: entry.name, isNamed: false)
      origin.place = place.map { "\($0): \(entry.name)" }
      switch entry.kind {
      case .file: break
      case .link:
        portion.passedOver.note(origin.name, kind: "link in an archive")
        continue
      case .special:
        portion.passedOver.note(origin.name, kind: "device or pipe in an archive")
        continue
      }
      if entry.isEncrypted {
        portion.problems.note(
          RecordProblem(
            file: origin.name, cause: .unopened, detail: "it is encrypted; unpack the archive first, with its password")
        )
        continue
      }
      var count = 0
      do {
        while count <= sizes.streamedBytes {
          let more = try reader.read(
            into: buffer.start + used + count, capacity: sizes.streamedBytes + 1 - count)
          if more == 0 { break }
          count += more
        }
      } catch {
        // What came before the trouble is used.
        portion.problems.note(RecordProblem(file: origin.name, error: error, offset: nil))
      }
      if count > sizes.streamedBytes {
        let head = Array(UnsafeBufferPointer(start: UnsafePointer(buffer.start + used), count: count))
        let long = (origin, PeekedSource(MemberSource(reader), head: head))
        // It is handed on by itself, behind those before it.
        if portion.members.isEmpty { portion.long = long } else { waiting = long }
        return portion
      }
      portion.members.append(
        LoadedMember(origin: origin, range: used..<used + count, level: reader.level + 1, budget: reader.budget))
      used += count
    }
    return portion
  }
}
