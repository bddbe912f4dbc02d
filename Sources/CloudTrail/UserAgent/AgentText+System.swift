extension AgentText {
  /// The operating system that the text names; phones come before the desktops that their agents also mention.
  func system() -> Finding? {
    if contains("AspiegelBot") || contains("PetalBot") { return Finding(name: "Other", version: nil) }
    return windowsPhone() ?? android() ?? windows() ?? macOrPhone() ?? darwinApplication() ?? applePhone()
      ?? chromeOS() ?? linuxOrOther()
  }

  private func windowsPhone() -> Finding? {
    firstMatch(of: "Windows Phone ") { after in
      let isLong = has("OS ", at: after) || has("OS/", at: after)
      return readVersion(at: isLong ? after + 3 : after, 2...2)
    }.map { Finding(name: "Windows Phone", version: string($0)) }
  }

  /// Android with its version, whose third part may hold letters.
  private func android() -> Finding? {
    let version = firstMatch(of: "Android") { after -> Range<Int>? in
      let joint = self[after]
      guard joint == 0x20 || joint == UInt8(ascii: "-") || joint == UInt8(ascii: "/"),
        let version = readVersion(at: after + 1, 1...2)
      else { return nil }
      let mark = self[version.upperBound]
      guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: "-") else { return version }
      let end = run(from: version.upperBound + 1) { Byte.isLower($0) || Byte.isDigit($0) }
      return version.lowerBound..<(end > version.upperBound + 1 ? end : version.upperBound)
    }
    if let version {
      // Joined by dots, whichever way the text joins its last part.
      let text = string(version)
      return Finding(name: "Android", version: text.contains("-") ? String(text.map { $0 == "-" ? "." : $0 }) : text)
    }
    return contains("Quest") || contains("Silk-Accelerated=") ? Finding(name: "Android", version: nil) : nil
  }

  private func windows() -> Finding? {
    guard contains("Win") else { return nil }
    func found(_ version: String) -> Finding { Finding(name: "Windows", version: version) }
    if contains("Windows Mobile") || contains("WindowsMobile") { return Finding(name: "Windows Mobile", version: nil) }
    if contains("Windows 10") { return found("10") }
    if contains("Windows NT 5.2") || contains("Windows NT 5.1") { return found("XP") }
    if contains("Windows NT 6.1") || contains("Win32NT/6.1") { return found("7") }
    if contains("Windows NT 6.0") || contains("Win32NT/6.0") { return found("Vista") }
    if contains("Windows NT 6.2; ARM;") { return found("RT") }
    if contains("Windows NT 6.2") || contains("Win32NT/6.2") { return found("8") }
    if contains("Windows NT 6.3; ARM;") { return found("RT 8.1") }
    if contains("Windows NT 6.3") || contains("Win32NT/6.3") { return found("8.1") }
    if contains("Windows NT 6.4") || contains("Win32NT/6.4") || contains("Windows NT 10.0") { return found("10") }
    if contains("Windows NT 5.0") { return found("2000") }
    if contains("Windows CE") || contains("WindowsCE") { return found("CE") }
    return firstMatch(of: "Win", namedWindows)
      ?? (contains("Win16") ? found("3.1") : contains("Win32") ? found("95") : nil)
  }

  /// `Windows XP`, `Win98` and the like, after `Win`.
  private func namedWindows(_ after: Int) -> Finding? {
    let releases: [StaticString] = ["95", "98", "NT", "ME", "2000", "XP", "Vista", "7", "CE"]
    for start in [has("dows", at: after) ? after + 4 : after, after] {
      for position in self[start] == 0x20 ? [start + 1, start] : [start] {
        if has("3", at: position), self[position + 1] != 0, has("1", at: position + 2) {
          return Finding(name: "Windows", version: string(position..<position + 3))
        }
        if let release = releases.first(where: { has($0, at: position) }) {
          return Finding(name: "Windows", version: release.description)
        }
      }
    }
    return nil
  }

  /// macOS, and what tells an Apple phone or tablet from it.
  private func macOrPhone() -> Finding? {
    if let start = find("Intel Mac OS X") {
      for token: StaticString in ["CriOS/", "EdgiOS/"] {
        if firstMatch(of: token, from: start + 15, { Byte.isDigit(self[$0]) ? true : nil }) != nil {
          return Finding(name: "iOS", version: nil)
        }
      }
    }
    if let version = macVersion() { return Finding(name: "Mac OS X", version: version.isEmpty ? nil : dotted(version)) }
    if contains("Mac_PowerPC") { return Finding(name: "Mac OS", version: nil) }
    if contains("PPC Mac OS X") || contains("Intel Mac OS X") || contains("darwin; arm64") {
      return Finding(name: "Mac OS X", version: nil)
    }
    if let television = find("AppleTV") ?? find("Apple TV") {
      let end = television + (has("AppleTV", at: television) ? 7 : 8)
      let version = self[end] == UInt8(ascii: "/") ? readVersion(at: end + 1, 2...2) : nil
      return Finding(name: "ATV OS X", version: version.map(string))
    }
    return phoneRelease() ?? phoneByBrowser()
  }

  /// The version of the browser on a phone that does not state its system's.
  private func phoneByBrowser() -> Finding? {
    guard let device = find("iPhone") ?? find("iPad") ?? find("iPod"),
      let system = find("Mac OS X", from: device, before: device + 107)
    else { return nil }
    return firstMatch(of: "Version/", from: system + 8, before: system + 109) { readVersion(at: $0, 2...2) }
      .map { Finding(name: "iOS", version: string($0)) }
  }

  /// The version behind `Mac OS X` or `; OS X`; empty where the text says `Mach-O` in its place.
  private func macVersion() -> Range<Int>? {
    firstMatch(of: "OS") { after in
      let isJoined = self[after] == 0x20 || self[after] == UInt8(ascii: "+")
      let before = after - 3
      let isMac =
        has("Mac", at: before - 2) || has("; ", at: before - 1)
        || (has("Mac", at: before - 3) && (self[before] == 0x20 || self[before] == UInt8(ascii: "+")))
      guard isJoined, isMac, self[after + 1] == UInt8(ascii: "X") else { return nil }
      let joint = self[after + 2]
      guard Byte.isBlank(joint) || joint == UInt8(ascii: "+") || joint == UInt8(ascii: "/") else { return nil }
      if has("Mach-O", at: after + 3) { return after + 3..<after + 3 }
      return readVersion(at: after + 3, 2...3, joints: Byte.isDotOrUnderscore)
    }
  }

  /// The version behind `CPU OS`, `CPU iPhone OS` and their kin.
  private func phoneRelease() -> Finding? {
    guard contains("CPU") || contains("iPhone") else { return nil }
    let tokens: [StaticString] = [
      "CPU OS", "CPU+OS", "iPhone OS", "iPhone+OS", "CPU iPhone", "CPU+iPhone", "CPU iPad OS",
    ]
    for token in tokens {
      let version = firstMatch(of: token) { after -> Range<Int>? in
        let start = run(from: after) { $0 == 0x20 || $0 == UInt8(ascii: "+") }
        return start == after ? nil : readVersion(at: start, 2...3, joints: Byte.isDotOrUnderscore)
      }
      if let version { return Finding(name: "iOS", version: dotted(version)) }
    }
    return nil
  }

  /// The iOS release behind a Darwin kernel, by the kernel's major and minor version.
  private static let darwinReleases: [(major: Int, releases: [Int: String], other: String)] = [
    (17, [0: "11.0", 2: "11.1", 3: "11.2", 4: "11.2.6", 5: "11.3", 6: "11.4", 7: "11.4.1"], "11"),
    (18, [0: "12.0", 2: "12.1", 5: "12.2", 6: "12.3", 7: "12.4"], "12"),
    (19, [2: "13.3", 3: "13.3.1", 4: "13.4", 5: "13.5", 6: "13.6"], "13"),
    (20, [1: "14.2", 2: "14.3", 3: "14.4", 4: "14.5", 5: "14.6", 6: "14.8"], "14"),
    (21, [0: "15.0", 1: "15.1", 2: "15.2", 3: "15.3", 4: "15.4", 5: "15.5", 6: "15.6"], "15"),
    (22, [0: "16.0", 1: "16.1", 2: "16.2", 3: "16.3", 4: "16.4", 5: "16.5"], "16"),
    (23, [0: "17.0", 1: "17.1", 2: "17.2", 3: "17.3", 4: "17.4", 5: "17.5"], "17"),
    (24, [0: "18.0", 1: "18.1", 2: "18.2", 3: "18.3", 4: "18.4", 5: "18.5"], "18"),
  ]

  /// An application on an Apple system that names only its network library and its kernel.
  private func darwinApplication() -> Finding? {
    guard let library = find("CFNetwork/"), let kernel = find(" Darwin/", from: library, before: library + 111) else {
      return nil
    }
    guard let version = readVersion(at: kernel + 8, 2...3) else { return Finding(name: "iOS", version: nil) }
    let parts = string(version).split(separator: ".")
    if let major = Int(parts[0]), let minor = Int(parts[1]) {
      if major == 16 || major == 17, find("(x86_64)", from: version.upperBound) != nil {
        return Finding(name: "Mac OS X", version: major == 17 ? "10.13" : "10.12")
      }
      if let kernel = Self.darwinReleases.first(where: { $0.major == major }) {
        return Finding(name: "iOS", version: kernel.releases[minor] ?? kernel.other)
      }
    }
    return Finding(name: "iOS", version: nil)
  }

  /// iOS by a token of its own, or by the name of a device.
  private func applePhone() -> Finding? {
    guard contains("OS") || contains("iP") else { return nil }
    let tokens: [StaticString] = [
      "iOS/", "iOS ", "iOS; ", "iPhone/", "iPhone v", "iPhone OS/", "iPhone_OS/", "iPhone OS,", "iPhone; ",
      "iPhone OS : ",
      "iPad/",
    ]
    for token in tokens {
      let version = firstMatch(of: token) { after -> Range<Int>? in
        guard isWordStart(after - token.utf8CodeUnitCount),
          let version = readVersion(at: after, 2...3, joints: Byte.isDotOrUnderscore),
          run(from: after, Byte.isDigit) - after <= 2
        else { return nil }
        return version
      }
      if let version { return Finding(name: "iOS", version: dotted(version)) }
    }
    if contains("(iOS;") { return Finding(name: "iOS", version: nil) }
    for (token, name): (StaticString, String) in [("watchOS", "WatchOS"), ("tvOS", "tvOS")] {
      if name == "tvOS", contains("iPod") || contains("iPhone") || contains("iPad") {
        return Finding(name: "iOS", version: nil)
      }
      let version = firstMatch(of: token) { after in
        self[after] == 0x20 || self[after] == 0x2F ? readVersion(at: after + 1, 2...3) : nil
      }
      if let version { return Finding(name: name, version: string(version)) }
    }
    return nil
  }

  private func chromeOS() -> Finding? {
    firstMatch(of: "CrOS ") { after in
      let end = run(from: after) { Byte.isLower($0) || Byte.isDigit($0) || $0 == UInt8(ascii: "_") }
      guard end > after, self[end] == 0x20, let version = readVersion(at: end + 1, 2...3) else { return nil }
      return Finding(name: "Chrome OS", version: string(version))
    }
  }

  private static let versionedDistributions: [StaticString] = [
    "Fedora", "Red Hat", "Ubuntu", "Lubuntu", "Kindle", "Slackware", "Sailfish", "FreeBSD", "OpenBSD", "NetBSD", "BSD",
  ]
  private static let distributions: [StaticString] = [
    "Ubuntu", "Kubuntu", "Arch Linux", "CentOS", "Slackware", "Gentoo", "openSUSE", "SUSE", "Red Hat", "Fedora",
    "PCLinuxOS", "Mageia", "FreeBSD", "OpenBSD", "NetBSD",
  ]

  /// Linux by its distribution or its kernel, and what else remains.
  private func linuxOrOther() -> Finding? {
    if contains("debian") || contains("Debian") { return Finding(name: "Debian", version: nil) }
    if let mint = find("Linux Mint") {
      let version = self[mint + 10] == 0x2F ? readVersion(at: mint + 11, 1...1) : nil
      return Finding(name: "Linux Mint", version: version.map(string))
    }
    if let found = versionedDistribution() { return found }
    let linux = find("Linux")
    let kernel = firstMatch(of: "Linux") { after in
      self[after] == 0x20 || self[after] == UInt8(ascii: "/") ? readVersion(at: after + 1, 2...3) : nil
    }
    if let kernel, find("gentoo", from: kernel.upperBound, before: kernel.upperBound + 101) != nil {
      return Finding(name: "Gentoo", version: string(kernel))
    }
    let windows = find("Windows")
    let android = find("Android")
    if let windows, windows < android ?? .max { return Finding(name: "Windows", version: nil) }
    if android != nil { return Finding(name: "Android", version: nil) }
    if let found = leftmost(of: Self.distributions) { return Finding(name: found, version: nil) }
    if let linux {
      let after = linux + 5
      let version = self[after] == 0x20 || self[after] == 0x2F ? readVersion(at: after + 1, 2...3) : nil
      return Finding(name: "Linux", version: version.map(string))
    }
    if contains("SunOS") { return Finding(name: "Solaris", version: nil) }
    if contains("(x86_64-redhat-linux-gnu)") { return Finding(name: "Red Hat", version: nil) }
    if contains("linux") { return Finding(name: "Linux", version: nil) }
    return macToken()
  }

  private func versionedDistribution() -> Finding? {
    var best: (position: Int, name: StaticString, version: Range<Int>)?
    for name in Self.versionedDistributions {
      let found = firstMatch(of: name) { after -> (Int, Range<Int>)? in
        let position = after - name.utf8CodeUnitCount
        guard self[after] == 0x20 || self[after] == UInt8(ascii: "/"), let version = readVersion(at: after + 1, 2...4)
        else {
          return nil
        }
        return name.utf8CodeUnitCount == 3 && !isWordStart(position) ? nil : (position, version)
      }
      if let found, found.0 < best?.position ?? .max { best = (found.0, name, found.1) }
    }
    return best.map { Finding(name: $0.name.description, version: string($0.version)) }
  }

  private func leftmost(of names: [StaticString]) -> String? {
    var best: (position: Int, name: StaticString)?
    for name in names {
      if let position = find(name, before: best?.position ?? .max) { best = (position, name) }
    }
    return best?.name.description
  }

  /// `os/macos#22.6.0`, as the SDKs of AWS write it.
  private func macToken() -> Finding? {
    if let found = find("os/macos") {
      let start = self[found + 8] == UInt8(ascii: "#") ? found + 9 : found + 8
      return Finding(name: "Mac OS X", version: readVersion(at: start, 1...3).map(string))
    }
    guard let harmony = find("HarmonyOS") else { return nil }
    let start = run(from: harmony + 9) { Byte.isBlank($0) || $0 == UInt8(ascii: ";") }
    return start == harmony + 9
      ? nil : Finding(name: "HarmonyOS", version: readVersion(at: start, 1...3).map(string))
  }
}
