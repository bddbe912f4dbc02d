import CMaxMind
import Events
import Foundation
import Parallel
import Synchronization

/// A database of places or networks by address, in MaxMind's format: the City, Country, Enterprise, ASN and ISP
/// databases of any maker. Open until nobody holds it; any number of workers may ask it at once.
///
/// The file is mapped, not read: to bring a new edition, rename it over the old one rather than write into it.
public final class GeoDatabase: Sendable {
  /// Where the file is.
  public let path: String
  /// The library only reads an opened database, so that workers can share it.
  private nonisolated(unsafe) let database: UnsafeMutablePointer<MMDB_s>
  private let firstFault = Mutex<String?>(nil)

  /// Opens a database. Throws a `GeoDatabaseError` when the file cannot be read, is damaged, or is of another kind.
  public init(path: String) throws(GeoDatabaseError) {
    self.path = path
    try Self.checkFile(path)
    let database = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
    database.initialize(to: MMDB_s())
    let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), database)
    guard status == MMDB_SUCCESS else {
      database.deallocate()
      throw GeoDatabaseError(path: path, cause: Self.words(status), advice: Self.advice(status))
    }
    let type = database.pointee.metadata.database_type.map { String(cString: $0) } ?? ""
    guard Self.kinds.contains(where: { type.contains($0) }) else {
      MMDB_close(database)
      database.deallocate()
      throw GeoDatabaseError(
        path: path, cause: "it holds neither places nor networks: its type is “\(type)”",
        advice: "name a City, Country, Enterprise, ASN or ISP database")
    }
    // From here on `deinit` closes it.
    self.database = database
  }

  deinit {
    MMDB_close(database)
    database.deallocate()
  }

  /// What types of the databases that are of use have in their names.
  private static let kinds = ["City", "Country", "Enterprise", "ASN", "ISP"]

  /// What went wrong when an address was looked up, once something has: the file is damaged, and addresses whose entries
  /// are may lack fields.
  public var fault: GeoDatabaseError? {
    firstFault.withLock { $0 }.map {
      GeoDatabaseError(path: path, cause: $0, advice: "fetch it again; fields of some addresses are missing")
    }
  }

  // MARK: Looking up

  /// The place fields of an address, `source.geo.*`; empty for an address that the database does not know.
  func place(of address: IPAddress) -> [GeoValue] {
    guard let entry = entry(of: address) else { return [] }
    var values: [GeoValue] = []
    func add(_ field: EventField, _ value: String?) {
      if let value { values.append(GeoValue(field, value)) }
    }
    add(.geoContinentName, text(entry, "continent", "names", "en"))
    let country = text(entry, "country", "iso_code")
    add(.geoCountryCode, country)
    add(.geoCountryName, text(entry, "country", "names", "en"))
    // The last subdivision is the narrowest.
    if let country, let region = text(entry, "subdivisions", "-1", "iso_code") {
      add(.geoRegionCode, country + "-" + region)
    }
    add(.geoRegionName, text(entry, "subdivisions", "-1", "names", "en"))
    add(.geoCityName, text(entry, "city", "names", "en"))
    if let latitude = real(entry, "latitude", within: 90), let longitude = real(entry, "longitude", within: 180) {
      values.append(GeoValue(.geoLatitude, number: latitude.description))
      values.append(GeoValue(.geoLongitude, number: longitude.description))
    }
    return values
  }

  /// The network fields of an address, `source.as.*`; empty for an address that the database does not know.
  func network(of address: IPAddress) -> [GeoValue] {
    guard let entry = entry(of: address) else { return [] }
    var values: [GeoValue] = []
    let number = value(entry, "autonomous_system_number")
    if number.kind == martlet_maxmind_integer { values.append(GeoValue(.asNumber, number: number.integer.description)) }
    if let name = text(entry, "autonomous_system_organization") {
      values.append(GeoValue(.asOrganizationName, name))
    }
    return values
  }

  private func entry(of address: IPAddress) -> MMDB_entry_s? {
    let isV4 = address.high == 0 && address.low >> 32 == 0xFFFF
    // A database of IPv4 alone knows nothing of IPv6, which is no fault.
    guard isV4 || database.pointee.metadata.ip_version == 6 else { return nil }
    var result = MMDB_lookup_result_s()
    let status = withUnsafeBytes(of: (address.high.bigEndian, address.low.bigEndian)) { bytes in
      let bytes = bytes.bindMemory(to: UInt8.self)
      return martlet_maxmind_lookup(
        database, bytes.baseAddress.map { isV4 ? $0 + 12 : $0 }, isV4 ? 4 : 16, &result)
    }
    note(status)
    return status == MMDB_SUCCESS && result.found_entry ? result.entry : nil
  }

  private func value(
    _ entry: MMDB_entry_s, _ first: String, _ second: String? = nil, _ third: String? = nil, _ fourth: String? = nil
  ) -> martlet_maxmind_value {
    var value = martlet_maxmind_value()
    note(martlet_maxmind_get(entry, first, second, third, fourth, &value))
    return value
  }

  /// A text that is not empty; what is not UTF-8 in it is replaced.
  private func text(
    _ entry: MMDB_entry_s, _ first: String, _ second: String? = nil, _ third: String? = nil, _ fourth: String? = nil
  ) -> String? {
    let value = value(entry, first, second, third, fourth)
    guard value.kind == martlet_maxmind_text, let start = value.text, value.length > 0 else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(value.length)), as: UTF8.self)
  }

  /// A part of the location in degrees.
  private func real(_ entry: MMDB_entry_s, _ name: String, within limit: Double) -> Double? {
    let value = value(entry, "location", name)
    guard value.kind == martlet_maxmind_real, abs(value.real) <= limit else { return nil }
    return value.real
  }

  private func note(_ status: Int32) {
    guard status != MMDB_SUCCESS else { return }
    firstFault.withLock { if $0 == nil { $0 = Self.words(status) } }
  }

  // MARK: Errors in words

  /// Says what the library's number for a file that cannot be opened does not: that it is missing, barred or no file.
  private static func checkFile(_ path: String) throws(GeoDatabaseError) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw GeoDatabaseError(
        path: path, cause: SystemError.words(at: path), advice: "name a file that can be read")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw GeoDatabaseError(path: path, cause: "it is no file", advice: "name the .mmdb file itself")
    }
    guard status.st_size > 0 else {
      throw GeoDatabaseError(path: path, cause: "it is empty", advice: "fetch it again")
    }
  }

  private static func words(_ status: Int32) -> String {
    switch status {
    case MMDB_INVALID_METADATA_ERROR: "it is no MaxMind database, or is cut off"
    case MMDB_UNKNOWN_DATABASE_FORMAT_ERROR: "it is in a version of MaxMind's format that is not known here"
    case MMDB_CORRUPT_SEARCH_TREE_ERROR: "it is damaged: its search tree is broken"
    case MMDB_INVALID_DATA_ERROR: "it is damaged: its data are broken"
    case MMDB_OUT_OF_MEMORY_ERROR: "there is not enough memory to open it"
    default: String(cString: MMDB_strerror(status))
    }
  }

  private static func advice(_ status: Int32) -> String {
    status == MMDB_OUT_OF_MEMORY_ERROR ? "free some memory" : "fetch it again, unpacked, as a file that ends in .mmdb"
  }
}
