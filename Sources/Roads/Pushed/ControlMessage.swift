import CDeflate
import Foundation
import JSON

/// The messages by which CloudWatch Logs looks whether what a subscription writes to is there: they hold no event.
enum ControlMessage {
  /// One is some hundred bytes long; nothing longer is taken for one.
  private static let longest = 16 << 10

  /// Whether a record is one, in gzip or as it is.
  static func isOne(_ record: Data) -> Bool {
    guard record.count <= longest else { return false }
    guard record.starts(with: [0x1F, 0x8B]) else { return isText(Array(record)) }
    return unpacked(record).map(isText) ?? false
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    guard Data(bytes).range(of: Data("CONTROL_MESSAGE".utf8)) != nil else { return false }
    return (try? JSONValue(parsing: bytes[...]))?["messageType"]?.stringValue == "CONTROL_MESSAGE"
  }

  /// Nil for what is no gzip, or too long to be a message.
  private static func unpacked(_ record: Data) -> [UInt8]? {
    guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
    defer { libdeflate_free_decompressor(decompressor) }
    var output = [UInt8](repeating: 0, count: longest)
    var count = 0
    let result = record.withUnsafeBytes { input in
      libdeflate_gzip_decompress(decompressor, input.baseAddress, input.count, &output, output.count, &count)
    }
    return result == LIBDEFLATE_SUCCESS ? Array(output[..<count]) : nil
  }
}
