import CZlib
import Foundation

/// A member of an archive that a test makes.
public struct Packed: Sendable {
  public var name: String
  public var bytes: [UInt8]
  /// The type of a tar header: 0 for a file, 1 for a hard link, 2 for a symbolic one, 5 for a directory.
  public var type: Character = "0"
  public var target = ""
  public var isEncrypted = false

  public init(_ name: String, _ bytes: [UInt8], type: Character = "0", target: String = "", isEncrypted: Bool = false) {
    (self.name, self.bytes, self.type, self.target) = (name, bytes, type, target)
    self.isEncrypted = isEncrypted
  }
}

/// A tar archive.
public func tar(_ members: [Packed], isEnded: Bool = true) -> [UInt8] {
  var archive: [UInt8] = []
  for member in members {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ at: Int, _ length: Int) {
      for (place, byte) in text.utf8.prefix(length).enumerated() { header[at + place] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    put(member.name, 0, 100)
    put("0000644", 100, 7)
    put(octal(member.bytes.count, 11), 124, 11)
    put("00000000000", 136, 11)
    put("        ", 148, 8)
    put(String(member.type), 156, 1)
    put(member.target, 157, 100)
    put("ustar", 257, 5)
    put("00", 263, 2)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", 148, 8)
    archive += header + member.bytes + [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: isEnded ? 1024 : 0)
}

/// A zip archive, its members deflated or as they are; with `isStreamed` their lengths stand behind them, with or without
/// a mark before those.
///
/// - Parameter other: another method that members are packed by, and its number.
public func zip(
  _ members: [Packed], deflates: Bool = true, isStreamed: Bool = false, isMarked: Bool = true,
  by other: (number: Int, pack: ([UInt8]) -> [UInt8])? = nil
) -> [UInt8] {
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 0xFF) } }
  for member in members {
    let data = other?.pack(member.bytes) ?? (deflates ? deflated(member.bytes, windowBits: -15) : member.bytes)
    let sum = Int(member.bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
    let flags = (isStreamed ? 8 : 0) | (member.isEncrypted ? 1 : 0) | 0x800
    let start = archive.count
    let name = Array(member.name.utf8)
    let lengths = little(sum, 4) + little(data.count, 4) + little(member.bytes.count, 4)
    let common = little(20, 2) + little(flags, 2) + little(other?.number ?? (deflates ? 8 : 0), 2) + little(0, 4)
    archive += [0x50, 0x4B, 3, 4] + common + (isStreamed ? little(0, 12) : lengths)
    archive += little(name.count, 2) + little(0, 2) + name + data
    if isStreamed { archive += (isMarked ? [0x50, 0x4B, 7, 8] : []) + lengths }
    directory += [0x50, 0x4B, 1, 2] + little(20, 2) + common + lengths + little(name.count, 2)
    directory += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(start, 4) + name
  }
  let end =
    [0x50, 0x4B, 5, 6] + little(0, 4) + little(members.count, 2) + little(members.count, 2) + little(directory.count, 4)
    + little(archive.count, 4) + little(0, 2)
  return archive + directory + end
}

/// A gzip member.
public func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 31) }

/// Bytes as zlib packs them: bare with -15 bits of window, as a gzip member with 31.
public func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  let written = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      deflate(&stream, Z_FINISH)
      return target.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<written])
}
