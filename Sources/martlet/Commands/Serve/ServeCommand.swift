import ArgumentParser
import Foundation
import Intake
import Outputs
import Parallel
import SegmentStore
import Server
import Service
import Settings

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Takes events in, runs rules in time and tells people, until it is stopped.",
    discussion: """
      The folder is made where there is none, and the rules that ship run without any settings. Settings in YAML say by which
      roads events come, who is told of alerts, and more; each key is in Documentation/operations.md. SIGTERM ends the service in
      order; SIGHUP, or a change of the file, has it read its settings again.

      Examples:
        martlet serve --data events
        martlet serve --data events --config /etc/martlet/martlet.yaml
        martlet serve --data events --config martlet.yaml --check

      Exit status: 0 when it was stopped, or settings are right; 1 when the folder or a setting cannot be used; 64 for wrong
      arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp(
      "The address that is listened at; localhost:9200 unless given here or in the settings.", valueName: "host:port"))
  var listen: String?

  @Option(
    help: ArgumentHelp("Settings in YAML.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: ArgumentHelp("A clock that runs faster: START,ORIGIN,RATE.", visibility: .private))
  var simulatedClock: String?

  @Option(
    help: ArgumentHelp("Seconds after which it ends without what has not ended by then.", visibility: .private))
  var endingTime = 9

  @Flag(help: "Only look whether settings and rules are right, and the folder can be used; it is not made.")
  var check = false

  func validate() throws {
    if let simulatedClock, RunningClock(simulatedClock) == nil {
      throw ValidationError("--simulated-clock takes START,ORIGIN,RATE.")
    }
    guard 2...86_400 ~= endingTime else { throw ValidationError("--ending-time takes 2 to 86400 seconds.") }
  }

  func run() async throws {
    ProcessMemory.suit(.always)
    // Whoever started this may have had it ignored: how commands end that are run for others would not be known then.
    signal(SIGCHLD, SIG_DFL)
    let variables = ProcessInfo.processInfo.environment
    let clock: any ServiceClock = simulatedClock.flatMap(RunningClock.init) ?? MachineClock()
    let log = ServiceLog(clock) { StandardError.write(line: $0) }
    let settings: ServiceSettings
    let addresses: [ListenAddress]
    do {
      settings = try read(variables)
      addresses = try self.addresses(settings, variables)
    } catch {
      throw StoreAccess.failed(error)
    }
    let faults = settings.faults(data: folder.data, variables: variables, isOpen: !addresses.allSatisfy(\.isLoopback))
    let strange = settings.strangeVariables.map {
      "\($0) is no variable that settings are read from, and counts for nothing"
    }
    if check {
      for line in strange { StandardError.write(line: Terminal.safe("warning: \(line)")) }
      let faults = (Self.fault(of: folder.data).map { [$0] } ?? []) + faults
      guard faults.isEmpty else {
        for fault in faults { StandardError.write(line: Terminal.safe("martlet: \(fault)")) }
        throw ExitCode(1)
      }
      StandardError.write(
        line: Terminal.safe(
          "the settings are right: listening at \(settings.listen), \(CountText.count(settings.outside.roadSettings.count, "road")), "
            + CountText.count(settings.outside.notifications.channels.count, "channel")))
      return
    }
    try StoreAccess.requireOwner(of: folder.data)
    log.set(settings.logFormat, from: settings.logLevel)
    log.hide(settings.secrets)
    let service: MartletService
    do {
      service = try MartletService(data: folder.data, settings, variables: variables, clock: clock, log: log)
    } catch {
      throw StoreAccess.failed(error)
    }
    // Channels, lists and folders that do not work yet may do so later.
    for line in strange + faults.map(\.description) { log.warn(line) }
    let systemd = SystemdNotifier(variables)
    let tasks = ServeTasks(
      service: service, data: folder.data, addresses: addresses, rates: RateLimiter(ClientRates(settings.rates)),
      systemd: systemd, log: log, config: config,
      elasticVersion: settings.elasticVersion, tls: Self.tls(settings), clock: clock, endingTime: endingTime
    ) {
      try read(variables)
    }
    do {
      try await tasks.run()
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// The settings as they are now. Throws `SettingsFault`.
  private func read(_ variables: [String: String]) throws -> ServiceSettings {
    var settings = try ServiceSettings(file: config, data: folder.data, variables: variables)
    if let listen { settings.listen = listen }
    return settings
  }

  /// Throws `SettingsFault`, which names the key, the option or the variable.
  private func addresses(_ settings: ServiceSettings, _ variables: [String: String]) throws -> [ListenAddress] {
    do {
      let addresses = try ListenAddress.all(settings.listen)
      let tls = Self.tls(settings)
      try tls?.check()
      guard tls != nil || addresses.allSatisfy(\.isLoopback) else {
        throw ListenAddressError(
          text: settings.listen,
          reason:
            "others than this machine would reach it, which needs tls.certificate, tls.key and keys; use localhost")
      }
      return addresses
    } catch let error as ListenAddressError {
      guard listen == nil else { throw SettingsFault("\(error)", key: "--listen") }
      throw ServiceSettings.named(SettingsFault("\(error)", key: "listen"), variables)
    } catch let fault as TLSFault {
      let key = fault.isOfKey ? "tls.key" : "tls.certificate"
      throw ServiceSettings.named(SettingsFault("\(fault)", key: key), variables)
    }
  }

  /// Why the folder could not be opened, or made; nil where it could. Nothing stays of what is made to find out.
  private static func fault(of folder: String) -> String? {
    guard !folder.isEmpty else { return "--data: it names no folder" }
    if let fault = StoreAccess.ownerFault(of: folder) { return "--data: \(fault)" }
    do {
      _ = try SegmentStore(folder, .reading)
    } catch let error as StoreError where error.kind == .missing {
      var status = stat()
      if stat(folder, &status) != 0 {
        let parent = StoreAccess.parent(of: folder)
        guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          return "--data: the folder \(folder) cannot be made: there is no folder \(parent): make it first"
        }
        guard access(parent, W_OK | X_OK) == 0 else {
          return "--data: the folder \(folder) cannot be made: \(SystemError.words())"
        }
        return refusal(ofFoldersIn: parent).map {
          "--data: the folder \(folder) cannot be made: nothing can be made in \(parent): \($0)"
        }
      }
      if access(folder, R_OK | W_OK | X_OK) == 0, let refusal = refusal(ofFoldersIn: folder) {
        return "--data: nothing can be made in \(folder): \(refusal)"
      }
    } catch {
      return "--data: \(error)"
    }
    return access(folder, R_OK | W_OK | X_OK) == 0
      ? nil : "--data: \(folder) cannot be written to: \(SystemError.words())"
  }

  /// Why no folder can be made in another, which rights alone do not tell: nobody makes one in /proc, and none on a full disk. Nil where one
  /// can: it has a name that nothing had, and is taken away again.
  private static func refusal(ofFoldersIn folder: String) -> String? {
    var name = Array((folder + "/.martlet-check-XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else { return SystemError.words() }
    rmdir(name)
    return nil
  }

  private static func tls(_ settings: ServiceSettings) -> TLSFiles? {
    settings.tls.map { TLSFiles(certificate: $0.certificate, key: $0.key) }
  }
}
