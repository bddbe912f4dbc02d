/// What a `User-Agent` text says about the program, the device and the operating system that sent a request.
///
/// The values are those of uap-core's families, which ECS keeps under `user_agent`: `name` and `deviceName` are `Other`
/// where nothing is recognized, and the rest is absent then.
///
///     let agent = UserAgent.parse("aws-cli/2.2.23 Python/3.8.8 Linux/4.14.238-182.422.amzn2.x86_64")
///     agent.name       // "aws-cli"
///     agent.version    // "2.2.23"
///     agent.osFull     // "Linux 4.14.238"
public struct UserAgent: Hashable, Sendable {
  /// The program (`user_agent.name`), `Other` when it is unknown.
  public let name: String
  /// The program's version, one to four parts joined by dots (`user_agent.version`).
  public let version: String?
  /// The kind of device (`user_agent.device.name`), `Other` when it is unknown.
  public let deviceName: String
  /// The operating system (`user_agent.os.name`).
  public let osName: String?
  /// The operating system's version (`user_agent.os.version`); absent where the system is.
  public let osVersion: String?

  /// The operating system with its version, as `Mac OS X 10.15.7` (`user_agent.os.full`); absent without a version.
  public var osFull: String? {
    guard let osName, let osVersion else { return nil }
    return osName + " " + osVersion
  }

  /// How much of a text is looked at, in bytes: what stands beyond it cannot change the result.
  public static let longestText = 4096

  /// The unknown agent, which is also the parse of an empty text.
  public static let other = UserAgent(name: nil, version: nil, deviceName: nil, osName: nil, osVersion: nil)

  /// Parses the bytes of a `User-Agent` text.
  ///
  /// Any bytes will do: only the first ``longestText`` are read, and what is not UTF-8 is repaired in the result.
  /// The time taken is proportional to the length read. The bytes are not kept.
  public static func parse(_ bytes: UnsafeRawBufferPointer) -> UserAgent {
    let text = AgentText(bytes, limit: longestText)
    guard text.count > 0 else { return .other }
    let product = text.product()
    let system = text.system()
    return UserAgent(
      name: product?.name, version: product?.version, deviceName: text.device(), osName: system?.name,
      osVersion: system?.version)
  }

  /// Parses a `User-Agent` text.
  public static func parse(_ text: String) -> UserAgent {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  init(name: String?, version: String?, deviceName: String?, osName: String?, osVersion: String?) {
    self.name = name ?? "Other"
    self.version = version
    self.deviceName = deviceName ?? "Other"
    self.osName = osName
    self.osVersion = osName == nil ? nil : osVersion
  }
}
