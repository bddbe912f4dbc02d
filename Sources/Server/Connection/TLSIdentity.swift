import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// Where the certificate and the key are that the listener shows: files in PEM, the certificate with those above it.
public struct TLSFiles: Sendable, Equatable {
  public var certificate: String
  public var key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// Looks whether a listener could show them. Throws `TLSFault`.
  public func check() throws { _ = try TLSIdentity.read(self) }
}

/// Takes note of whoever asks that the certificate be read again, as an operator does by a signal.
public final class CertificateReading: Sendable {
  private let isAsked = Atomic<Bool>(false)

  public init() {}

  /// Has them be read within a second or so.
  public func ask() { isAsked.store(true, ordering: .relaxed) }

  /// True once after each time that somebody asked.
  func take() -> Bool { isAsked.exchange(false, ordering: .relaxed) }
}

/// Why a certificate or its key cannot be shown.
public struct TLSFault: Error, CustomStringConvertible, Sendable {
  public let description: String
  /// Whether it is one of the key, and not of the certificate.
  public let isOfKey: Bool
}

/// The certificate and the key that the server shows, read again when their files change.
final class TLSIdentity: Sendable {
  private let files: TLSFiles
  private let state: Mutex<(context: NIOSSLContext, mark: String)>

  /// Throws `TLSFault`.
  init(_ files: TLSFiles) throws {
    self.files = files
    let mark = Self.mark(files)
    state = Mutex((try Self.read(files), mark))
  }

  /// Of a new connection; those that are open go on with what they have.
  func makeHandler() -> NIOSSLServerHandler {
    NIOSSLServerHandler(context: state.withLock { $0.context })
  }

  /// Reads the files where they have changed since the last time; true where what they hold is shown from now on.
  ///
  /// Throws `TLSFault` where they are not right, once for each change: what was shown before is shown on. The two are seldom replaced
  /// in one moment, so that the first of them may be told to be wrong until the second is there.
  ///
  /// - Parameter isAsked: whether they are read though nothing says that they have changed.
  func reload(isAsked: Bool = false) throws -> Bool {
    let mark = Self.mark(files)
    let isChanged = state.withLock { state in
      defer { state.mark = mark }
      return state.mark != mark
    }
    guard isChanged || isAsked else { return false }
    let context = try Self.read(files)
    state.withLock { $0.context = context }
    return true
  }

  static func read(_ files: TLSFiles) throws -> NIOSSLContext {
    for (path, isOfKey) in [(files.certificate, false), (files.key, true)] {
      if let cause = obstacle(path) {
        let what = isOfKey ? "private key" : "certificate"
        throw TLSFault(description: "the \(what) \(path) cannot be read: \(cause)", isOfKey: isOfKey)
      }
    }
    guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificate), !chain.isEmpty else {
      throw TLSFault(description: "the file \(files.certificate) holds no certificate in PEM", isOfKey: false)
    }
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: files.key, format: .pem)
    } catch {
      throw TLSFault(
        description: "the file \(files.key) holds no private key in PEM that is read without a password", isOfKey: true)
    }
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    settings.minimumTLSVersion = .tlsv12
    settings.applicationProtocols = ["http/1.1"]
    do {
      return try NIOSSLContext(configuration: settings)
    } catch {
      throw TLSFault(
        description: "the private key \(files.key) is not that of the certificate \(files.certificate): \(error)",
        isOfKey: true)
    }
  }

  /// Why a file cannot be read; nil where it can.
  private static func obstacle(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      return String(cString: strerror(errno)).lowercased()
    }
    return status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : nil
  }

  /// What tells changed files.
  private static func mark(_ files: TLSFiles) -> String {
    [files.certificate, files.key].map { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return "-" }
      return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
    }.joined(separator: ";")
  }
}
