import NIOCore
import NIOSSL
import Synchronization

/// The certificate and the key that the server shows, read again when their files change.
final class TLSIdentity: Sendable {
  private let context: Mutex<NIOSSLContext>

  /// Reads both files, in PEM. Throws a sentence that names the file.
  init(certificate: String, key: String) throws {
    context = Mutex(try Self.read(certificate, key))
  }

  /// Of a new connection.
  func makeHandler() -> NIOSSLServerHandler {
    NIOSSLServerHandler(context: context.withLock { $0 })
  }

  private static func read(_ certificate: String, _ key: String) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMFile(certificate)
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
    settings.minimumTLSVersion = .tlsv12
    settings.applicationProtocols = ["http/1.1"]
    return try NIOSSLContext(configuration: settings)
  }
}
