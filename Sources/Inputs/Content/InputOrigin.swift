import CloudTrail

/// Where bytes come from: what to call it, and what its name promises.
struct InputOrigin: Sendable {
  /// What its name promises of a file that was found in a directory or an archive.
  enum Promise: Sendable {
    /// Records in JSON, whatever stands in it: what is none of that is bad input.
    case json
    /// A form that is read, or a log of any kind.
    case known
    /// A table, an archive or a tree of them, which is opened as such.
    case archive
    /// Nothing that says anything.
    case unknown
  }

  /// The path, for a member of an archive the archive's and its own: `logs.zip: a/b.json`.
  var name: String
  /// The same with the path as the system has it, however it was spelled; nil where that is not asked for.
  var place: String?
  /// The user gave its path: it is told of whatever it is. Else it was found, and passed over if it is none of ours.
  var isNamed: Bool
  var promise: Promise
  /// What the name ends in, in lower case, without the compression's part; nil where that is no suffix.
  private var suffix: String?

  init(name: String, path: some StringProtocol, isNamed: Bool) {
    self.name = name
    self.isNamed = isNamed
    var parts = Self.suffixes(path)
    let isCompressed = ["gz", "zst", "gzip", "zstd", "bz2", "bzip2", "xz"].contains(parts.last ?? "")
    let compression = isCompressed ? parts.removeLast() : nil
    suffix = parts.last ?? compression
    switch parts.last {
    case "json", "ndjson", "jsonl": promise = .json
    case "zip", "tar", "tgz", "tzst", "tbz", "tbz2", "txz": promise = .archive
    case "log", "csv": promise = .known
    default: promise = isCompressed ? .known : .unknown
    }
  }

  /// True for a file that was found and whose name says that it is a document or a program which is packed as a zip archive
  /// is: damaged or not, it is none of ours.
  var isForeignPackage: Bool {
    !isNamed && suffix.map(Self.foreignPackages.contains) == true
  }

  private static let foreignPackages: Set<String> = [
    "docx", "docm", "dotx", "xlsx", "xlsm", "xlsb", "xltx", "pptx", "pptm", "potx", "vsdx", "odt", "ods", "odp", "odg",
    "epub", "jar", "war", "ear", "apk", "aab", "ipa", "whl", "egg", "nupkg", "vsix", "xpi", "kmz",
  ]

  /// What it is counted as when it is passed over and nothing else is known of it.
  var kind: String { suffix ?? "no suffix" }

  /// The last two suffixes of a path's last part, in lower case; what is long or odd is no suffix.
  private static func suffixes(_ path: some StringProtocol) -> [String] {
    var name = Array(path.utf8)[...]
    if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[(slash + 1)...] }
    // A leading dot hides a file and begins no suffix.
    if name.first == UInt8(ascii: ".") { name = name.dropFirst() }
    var found: [String] = []
    while found.count < 2, let dot = name.lastIndex(of: UInt8(ascii: ".")) {
      let part = name[(dot + 1)...]
      let isSuffix = (1...8).contains(part.count) && part.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
      guard isSuffix else { break }
      found.insert(String(decoding: part, as: UTF8.self).lowercased(), at: 0)
      name = name[..<dot]
    }
    return found
  }
}
