import Events
import Foundation
import Synchronization
import Transfers

/// Amazon S3, and what speaks as it does: what a reader of buckets needs.
public final class S3Client: Sendable {
  private let sender: AWSSender
  private let region: String
  private let endpoint: AWSEndpoint
  private let usesPaths: Bool
  private let usesFIPS: Bool
  private let usesDualStack: Bool
  private let requester: Bool
  /// Regions of buckets that are in another one than ours; forgotten all when there are many.
  private let regions = Mutex<[String: String]>([:])

  init(
    _ surroundings: AWSSurroundings, credentials: CredentialCache?, region: String, settings: AWSSettings, own: String?
  ) throws {
    sender = AWSSender(service: "s3", surroundings, credentials: credentials, attempts: 5)
    self.region = region
    usesFIPS = settings.usesFIPS
    usesDualStack = settings.usesDualStack
    endpoint = try AWSEndpoint(
      service: "s3", region: region, own: own, usesFIPS: usesFIPS, usesDualStack: usesDualStack)
    usesPaths = settings.usesPaths
    requester = settings.paysAsRequester
  }

  /// An object as a listing has it.
  public struct Object: Sendable, Equatable {
    public var key: String
    public var size: Int64
    public var etag: String
    public var modified: Timestamp
    /// True for storage classes from which an object must be restored before it can be read.
    public var isArchived: Bool

    public init(key: String, size: Int64, etag: String, modified: Timestamp, isArchived: Bool = false) {
      self.key = key
      self.size = size
      self.etag = etag
      self.modified = modified
      self.isArchived = isArchived
    }
  }

  public struct Page: Sendable {
    /// In the order of the bytes of their keys.
    public var objects: [Object]
    /// Where the next page begins; nil at the end.
    public var next: String?
  }

  /// What is in an object.
  public enum Content: Sendable {
    case bytes([UInt8])
    /// A file that the caller deletes.
    case file(String)
  }

  public struct Fetched: Sendable {
    public var content: Content
    public var size: Int64
    public var etag: String
    public var modified: Timestamp
  }

  /// Bounds of what is fetched.
  public struct Bounds: Sendable {
    /// Bytes of an object that is held in memory; longer ones become files.
    public var memory = 32 << 20
    /// Bytes of an object at all.
    public var object: Int64 = 1 << 30
    /// Where files are made.
    public var folder: String

    public init(folder: String) { self.folder = folder }
  }

  /// An object is longer than the bounds allow.
  public struct TooLong: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  // MARK: Listing

  /// The objects under a prefix, a page of at most 1,000.
  ///
  /// - Parameters:
  ///   - after: only keys behind this one.
  ///   - token: `next` of the page before.
  /// Throws `AWSError`, `TransferError`, `AWSSettingsError`.
  public func list(
    _ bucket: String, prefix: String, after: String? = nil, from token: String? = nil, most: Int = 1000
  ) async throws -> Page {
    var query: [AWSRequest.Parameter] = [
      .init("list-type", "2"), .init("prefix", prefix), .init("encoding-type", "url"), .init("max-keys", String(most)),
    ]
    if let token {
      query.append(.init("continuation-token", token))
    } else if let after {
      query.append(.init("start-after", after))
    }
    // A thousand keys of a kilobyte, each byte of which may be written with three.
    let answer = try await send("GET", bucket, nil, query, "ListObjectsV2", longest: 16 << 20)
    func broken(_ what: String) -> AWSError {
      AWSError(service: "s3", operation: "ListObjectsV2", status: answer.status, code: "InternalError", message: what)
    }
    guard let xml = XMLElement(answer.body), xml.name == "ListBucketResult" else {
      throw broken("the answer is no list of objects")
    }
    let isEncoded = xml["EncodingType"]?.text == "url"
    let objects = try xml.children.filter { $0.name == "Contents" }.map { entry in
      guard let raw = entry["Key"]?.text, let key = isEncoded ? URLEncoding.decoded(form: raw) : raw,
        let size = entry["Size"].flatMap({ Int64($0.text) }),
        let modified = entry["LastModified"].flatMap({ Timestamp(iso8601: $0.text) })
      else { throw broken("an object in the list has no key, size or time that can be read") }
      let storage = entry["StorageClass"]?.text ?? "STANDARD"
      return Object(
        key: key, size: size, etag: Self.unquoted(entry["ETag"]?.text ?? ""), modified: modified,
        isArchived: ["GLACIER", "DEEP_ARCHIVE"].contains(storage))
    }
    guard xml["IsTruncated"]?.text == "true" else { return Page(objects: objects, next: nil) }
    guard let next = xml["NextContinuationToken"]?.text, !next.isEmpty else {
      throw broken("the list is cut, and does not say where it goes on")
    }
    return Page(objects: objects, next: next)
  }

  // MARK: Getting

  /// The bytes of an object as they lie there; in a file where there are many.
  ///
  /// A long one is fetched in parts, each tried again by itself, all of one version. Throws `AWSError`, `TransferError`, `TooLong` and
  /// `AWSSettingsError`.
  public func get(_ bucket: String, _ key: String, version: String? = nil, _ bounds: Bounds) async throws -> Fetched {
    let query = version.map { [AWSRequest.Parameter("versionId", $0)] } ?? []
    do {
      let answer = try await send("GET", bucket, key, query, "GetObject", longest: bounds.memory)
      return Fetched(
        content: .bytes(answer.body), size: Int64(answer.body.count), etag: Self.unquoted(answer.headers["ETag"] ?? ""),
        modified: modified(answer))
    } catch let error as TransferError {
      guard case .tooLong = error.cause else { throw error }
    }
    return try await getInParts(bucket, key, query, bounds)
  }

  private static let part: Int64 = 16 << 20

  private func getInParts(_ bucket: String, _ key: String, _ query: [AWSRequest.Parameter], _ bounds: Bounds)
    async throws -> Fetched
  {
    let path = bounds.folder + "/" + UUID().uuidString
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    func failed() -> AWSSettingsError {
      AWSSettingsError("an object cannot be put into \(bounds.folder): \(String(cString: strerror(errno)))")
    }
    guard descriptor >= 0 else { throw failed() }
    var isWhole = false
    defer {
      close(descriptor)
      if !isWhole { unlink(path) }
    }
    var headers: HTTPHeaders = [:]
    var offset: Int64 = 0
    while true {
      headers["Range"] = "bytes=\(offset)-\(offset + Self.part - 1)"
      let answer = try await send("GET", bucket, key, query, "GetObject", headers: headers, longest: Int(Self.part))
      guard answer.status == 206, let range = answer.headers["Content-Range"],
        let match = range.wholeMatch(of: /bytes ([0-9]+)-([0-9]+)\/([0-9]+)/), Int64(match.1) == offset,
        let total = Int64(match.3), !answer.body.isEmpty, let etag = answer.headers["ETag"]
      else {
        throw AWSError(
          service: "s3", operation: "GetObject", status: answer.status, code: "InternalError",
          message: "a part of the object was asked for, and something else came")
      }
      guard total <= bounds.object else {
        throw TooLong(description: "s3://\(bucket)/\(key) has \(total) bytes; at most \(bounds.object) are read")
      }
      var bytes = answer.body[...]
      while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failed() }
        bytes = bytes.dropFirst(count)
      }
      offset += Int64(answer.body.count)
      // From now on parts of this version and no other.
      headers["If-Match"] = etag
      if offset >= total {
        isWhole = true
        return Fetched(
          content: .file(path), size: total, etag: Self.unquoted(etag), modified: modified(answer))
      }
    }
  }

  /// Puts an object of some bytes: for tests and for whoever keeps something in a bucket.
  package func put(_ bucket: String, _ key: String, _ bytes: [UInt8]) async throws {
    _ = try await send("PUT", bucket, key, [], "PutObject", body: bytes, longest: 1 << 20)
  }

  // MARK: Sending

  private func send(
    _ method: String, _ bucket: String, _ key: String?, _ query: [AWSRequest.Parameter], _ operation: String,
    headers: HTTPHeaders = [:], body: [UInt8] = [], longest: Int
  ) async throws -> HTTPResponse {
    guard Self.isBucket(bucket) else {
      throw AWSSettingsError("\(bucket.debugDescription) is no name of a bucket")
    }
    var headers = headers
    if requester { headers["x-amz-request-payer"] = "requester" }
    var known = regions.withLock { $0[bucket] } ?? region
    var isMoved = false
    while true {
      let place = try self.place(of: bucket, key, in: known)
      let request = AWSRequest(method, place.origin, path: place.path, query: query, headers: headers, body: body)
      do {
        // Who sends fast enough has as long as the object is long.
        return try await sender.send(request, operation, region: known, longestBody: longest, timeout: .seconds(600))
      } catch let error as AWSError {
        guard !isMoved, [301, 307, 400].contains(error.status), let other = error.bucketRegion, other != known,
          AWSEndpoint.isRegion(other)
        else { throw error }
        isMoved = true
        known = other
        regions.withLock { regions in
          if regions.count >= 1000 { regions = [:] }
          regions[bucket] = other
        }
      }
    }
  }

  private func place(of bucket: String, _ key: String?, in region: String) throws -> (origin: String, path: String) {
    let origin =
      endpoint.isOwn || region == self.region
      ? endpoint.origin
      : try AWSEndpoint(service: "s3", region: region, usesFIPS: usesFIPS, usesDualStack: usesDualStack).origin
    // A name with dots fits no certificate, one with capitals no host.
    let isHost = !endpoint.isOwn && !usesPaths && bucket.wholeMatch(of: /[a-z0-9-]+/) != nil
    guard isHost, let scheme = origin.range(of: "://") else { return (origin, "/\(bucket)/\(key ?? "")") }
    return (origin[..<scheme.upperBound] + "\(bucket)." + origin[scheme.upperBound...], "/\(key ?? "")")
  }

  /// Whether a text can be a bucket's name.
  public static func isBucket(_ name: String) -> Bool { name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{2,254}/) != nil }

  private static func unquoted(_ etag: String) -> String { etag.filter { $0 != "\"" } }

  private func modified(_ answer: HTTPResponse) -> Timestamp {
    answer.time("Last-Modified", near: sender.surroundings.now()) ?? Timestamp(milliseconds: 0)
  }
}
