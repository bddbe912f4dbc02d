import CCrypto
import Foundation

extension ESQLFunctions {
  static let encodings: [FunctionDefinition] = [
    simple("URL_DECODE", [text("string")], .keyword) { (values) throws(EvaluationFault) in
      .text(try urlDecoded(values[0].string))
    },
    simple("URL_ENCODE", [text("string")], .keyword) { (values) throws(EvaluationFault) in
      .text(try urlEncoded(values[0].string, blank: "+"))
    },
    simple("URL_ENCODE_COMPONENT", [text("string")], .keyword) { (values) throws(EvaluationFault) in
      .text(try urlEncoded(values[0].string, blank: "%20"))
    },
    simple("TO_BASE64", [text("string")], .keyword) { (values) throws(EvaluationFault) in
      let bytes = values[0].string.utf8
      try checkSize((bytes.count + 2) / 3 * 4, "encoding to")
      return .text(Data(bytes).base64EncodedString())
    },
    simple("FROM_BASE64", [text("string")], .keyword) { (values) throws(EvaluationFault) in
      let string = values[0].string
      // Padding may be left out, as Java's decoder has it.
      let padding = (4 - string.utf8.count % 4) % 4
      guard padding < 3, let data = Data(base64Encoded: string + String(repeating: "=", count: padding)) else {
        let bad = string.unicodeScalars.first { !isBase64($0) }
        throw EvaluationFault(
          bad.map { "Illegal base64 character \(String($0.value, radix: 16))" }
            ?? "Input byte array has incorrect ending byte at \(string.utf8.count) (base64)")
      }
      return .text(String(decoding: data, as: UTF8.self))
    },
    simple("MD5", [text("input")], .keyword) { .text(digest("md5", $0[0].string) ?? "") },
    simple("SHA1", [text("input")], .keyword) { .text(digest("sha1", $0[0].string) ?? "") },
    simple("SHA256", [text("input")], .keyword) { .text(digest("sha256", $0[0].string) ?? "") },
    FunctionDefinition("HASH", [text("algorithm"), text("input")]) { call throws(TypeFault) in
      if let name = call.arguments[0].constant?.single?.textValue, digest(name, "") == nil {
        throw TypeFault("invalid algorithm for [HASH]: \(unknownDigest(name))", at: call.range)
      }
      return (
        .keyword,
        ScalarFunction("HASH") { cells throws(EvaluationFault) in
          guard let name = cells[0].single?.textValue, let input = cells[1].single?.textValue else { return .none }
          guard let hash = digest(name, input) else {
            throw EvaluationFault("java.security.NoSuchAlgorithmException", unknownDigest(name))
          }
          return .text(hash)
        }
      )
    },
  ]

  private static func isBase64(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar) || scalar == "+" || scalar == "/"
      || scalar == "="
  }

  static func urlDecoded(_ text: String) throws(EvaluationFault) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var at = 0
    while at < source.count {
      switch source[at] {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard at + 2 < source.count else {
          throw EvaluationFault("URLDecoder: Incomplete trailing escape (%) pattern")
        }
        let digits = String(decoding: source[(at + 1)...(at + 2)], as: UTF8.self)
        guard let byte = UInt8(digits, radix: 16), !digits.hasPrefix("+") else {
          throw EvaluationFault("URLDecoder: Illegal hex characters in escape (%) pattern - \(digits)")
        }
        bytes.append(byte)
        at += 2
      default: bytes.append(source[at])
      }
      at += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text whose bytes are written `%XX`, but for those that RFC 3986 calls unreserved.
  private static func urlEncoded(_ text: String, blank: String) throws(EvaluationFault) -> String {
    var result = ""
    for byte in text.utf8 {
      try checkSize(result.utf8.count, "encoding to")
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where "-_.~".utf8.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20: result += blank
      default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }

  private static func unknownDigest(_ name: String) -> String { "\(name) MessageDigest not available" }

  /// The hash of a text in lower-case hexadecimal; nil for an algorithm that is not known.
  static func digest(_ algorithm: String, _ text: String) -> String? {
    let known = [
      "md5", "sha-1", "sha1", "sha", "sha-224", "sha224", "sha-256", "sha256", "sha-384", "sha384", "sha-512", "sha512",
    ]
    let name = algorithm.lowercased()
    guard known.contains(name) else { return nil }
    let plain = name == "sha" ? "sha1" : name.replacing("-", with: "")
    guard let kind = EVP_get_digestbyname(plain) else { return nil }
    var result = [UInt8](repeating: 0, count: 64)
    var length: UInt32 = 0
    var bytes = Array(text.utf8)
    guard EVP_Digest(&bytes, bytes.count, &result, &length, kind, nil) == 1 else { return nil }
    return result.prefix(Int(length)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
