import CloudTrail
import Foundation

/// A kind of file that is known and is not read, so that it is called by its name.
struct KnownForm: Equatable, Sendable {
  var form: ForeignForm
  /// It may hold records, packed in a way that is not read here: passing over it would be silence.
  var mayHoldRecords = false
  /// Such files are counted by what their names end in.
  var isCountedBySuffix = false
  /// What `martlet generate` keeps beside its files is nobody's loss.
  var isOurs = false

  private static func packed(_ name: String, _ command: String) -> KnownForm {
    KnownForm(
      form: ForeignForm(name, "\(name), which Martlet does not open; unpack it first: \(command)"), mayHoldRecords: true
    )
  }

  private static func other(_ name: String) -> KnownForm {
    KnownForm(form: ForeignForm(name, "\(name), which holds no log"), isCountedBySuffix: true)
  }

  private static let parquet = KnownForm(
    form: ForeignForm(
      "Parquet",
      "a Parquet file, as Security Lake (OCSF) and VPC flow logs have them; give CloudTrail's own files, or export JSON or CSV"
    ))

  /// By the bytes that files start with.
  private static let starts: [(bytes: [UInt8], form: KnownForm)] = [
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], packed("a 7z archive", "7z x FILE")),
    ([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], packed("a RAR archive", "unrar x FILE")),
    ([0x4C, 0x5A, 0x49, 0x50, 0x01], packed("an lzip file", "lzip -d FILE")),
    ([0x04, 0x22, 0x4D, 0x18], packed("an lz4 file", "unlz4 FILE")),
    ([0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], packed("a Snappy file", "snzip -d FILE")),
    ([0x1F, 0x9D], packed("a file of compress", "uncompress FILE")),
    ([0x89, 0x4C, 0x5A, 0x4F, 0x00], packed("an lzop file", "lzop -d FILE")),
    (Array("MSCF".utf8), packed("a cabinet archive", "cabextract FILE")),
    (Array("!<arch>\n".utf8), packed("an ar archive", "ar x FILE")),
    (Array("070701".utf8), packed("a cpio archive", "cpio -i < FILE")),
    (Array("PAR1".utf8), parquet), (Array("PARE".utf8), parquet),
    (Array("ORC".utf8), KnownForm(form: ForeignForm("ORC", "an ORC file; export JSON or CSV"))),
    ([0x4F, 0x62, 0x6A, 0x01], KnownForm(form: ForeignForm("Avro", "an Avro file; export JSON or CSV"))),
    (Array("SQLite format 3\0".utf8), KnownForm(form: ForeignForm("SQLite", "an SQLite database; export JSON or CSV"))),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], other("a PNG picture")),
    ([0xFF, 0xD8, 0xFF], other("a JPEG picture")),
    (Array("GIF8".utf8), other("a GIF picture")), (Array("%PDF-".utf8), other("a PDF document")),
    ([0x7F, 0x45, 0x4C, 0x46], other("a program")), ([0xD0, 0xCF, 0x11, 0xE0], other("an old Office document")),
    (Array("ElfFile\0".utf8), other("a Windows event log")), (Array("regf".utf8), other("a Windows registry hive")),
    ([0xD4, 0xC3, 0xB2, 0xA1], other("a packet capture")), ([0x0A, 0x0D, 0x0D, 0x0A], other("a packet capture")),
    (
      [0x00, 0x05, 0x16, 0x07], KnownForm(form: ForeignForm("macOS file attributes", "what macOS keeps beside a file"))
    ),
    ([0xFF, 0xFE, 0x00, 0x00], packed("text in UTF-32", "iconv -f UTF-32 -t UTF-8 FILE")),
    ([0x00, 0x00, 0xFE, 0xFF], packed("text in UTF-32", "iconv -f UTF-32 -t UTF-8 FILE")),
  ]

  /// What bytes are that start as a known form does; nil when nothing is known of them.
  static func ofBytes(_ head: UnsafeBufferPointer<UInt8>) -> KnownForm? {
    if let found = starts.first(where: { head.starts(with: $0.bytes) }) { return found.form }
    guard head.starts(with: [0x50, 0x4B, 0x03, 0x04]), head.count > 30 else { return nil }
    // Documents and programs are zip archives too, and tell so by what comes first.
    let length = Int(head[26]) | Int(head[27]) << 8
    let name = String(decoding: head[30..<min(head.count, 30 + length)], as: UTF8.self)
    let isDocument =
      ["[Content_Types].xml", "mimetype", "_rels/.rels", "AndroidManifest.xml"].contains(name)
      || ["META-INF/", "word/", "xl/", "ppt/", "docProps/"].contains { name.hasPrefix($0) }
    return isDocument ? other("a document or program in a zip archive") : nil
  }

  /// What text in JSON is whose objects are too large to be looked at one by one.
  static func ofJSON(_ text: UnsafeBufferPointer<UInt8>) -> KnownForm? {
    let start = UnsafeBufferPointer(rebasing: text.prefix(1024))
    guard !ContentForm.mentionsRecords(start) else { return nil }
    let isConfig = ["\"configurationItems\"", "\"configSnapshotId\""].contains { start.holds(Array($0.utf8)) }
    return isConfig ? KnownForm(form: .awsConfig) : nil
  }

  /// What text is that is neither JSON nor CSV of records.
  static func ofText(_ text: UnsafeBufferPointer<UInt8>) -> KnownForm? {
    let line = String(decoding: text.prefix(4096).prefix { $0 != 0x0A }, as: UTF8.self).trimmingCharacters(
      in: .whitespaces)
    func form(_ name: String, _ sentence: String) -> KnownForm { KnownForm(form: ForeignForm(name, sentence)) }
    if line.hasPrefix("version account-id") || line.contains("interface-id srcaddr")
      || line.contains(" srcaddr dstaddr ")
      || line.wholeMatch(of: /\d+ (\d{12}|unknown) eni-[0-9a-f]+ .*/) != nil
    {
      return form("VPC flow logs", "VPC flow logs, which say what was connected and not what was done")
    }
    if line.wholeMatch(of: /(http|https|h2|grpcs|ws|wss|tls) \d{4}-\d\d-\d\dT.*/) != nil {
      return form("load balancer logs", "access logs of a load balancer")
    }
    if line.wholeMatch(of: /[0-9a-f]{64} \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:.*/) != nil {
      return form("S3 access logs", "access logs of S3")
    }
    if line.hasPrefix("#Version:") || line.hasPrefix("#Fields:") {
      return form("CloudFront logs", "access logs of CloudFront")
    }
    if line.hasPrefix("# Generated CloudTrail records") {
      return KnownForm(
        form: ForeignForm("list of generated files", "the list of what martlet generate wrote"), isOurs: true)
    }
    let lower = line.lowercased()
    if lower.contains("event name"), lower.contains("event time"), lower.contains("event source") {
      return KnownForm(
        form: ForeignForm(
          "event history in CSV",
          "the console's event history in CSV, which leaves most of an event out; download it as JSON"),
        mayHoldRecords: true)
    }
    if lower.hasPrefix("<?xml") || lower.hasPrefix("<!doctype") || lower.hasPrefix("<html")
      || lower.hasPrefix("<error>")
    {
      let all = String(decoding: text.prefix(4096), as: UTF8.self)
      if all.contains("<Error>"), let code = all.firstMatch(of: /<Code>([A-Za-z]{1,60})<\/Code>/) {
        return KnownForm(
          form: ForeignForm("error answer of S3", "an error answer in place of a file: \(code.1); fetch it again"),
          mayHoldRecords: true)
      }
      return KnownForm(form: ForeignForm("XML or HTML", "XML or HTML and no log"), isCountedBySuffix: true)
    }
    return nil
  }
}
