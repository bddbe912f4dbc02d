extension AgentText {
  /// The program that the text names: the token table, and between its stages the shapes that no table row can tell.
  func product() -> Finding? {
    if let found = applicationOverCFNetwork() { return found }
    let best = bestProduct()
    let stage = best?.stage
    func reached(_ wanted: ProductGroup.Stage) -> Finding? {
      guard let best, let stage, stage <= wanted else { return nil }
      return finding(best)
    }
    if let found = reached(.library) ?? crawler() { return found }
    if let found = reached(.marked) ?? markedFirefox() { return found }
    if let found = reached(.opera) ?? opera() { return found }
    if let found = braveAtEnd() ?? edgeOnPhone() ?? reached(.branded) ?? duckDuckGo() { return found }
    if let found = chromeWebView() ?? reached(.chromeMobile) ?? chromeMobile() { return found }
    if let found = reached(.mail) ?? appleMobile() { return found }
    if let found = reached(.device) ?? safari() ?? internetExplorer() ?? reached(.webKit) { return found }
    if let found = firefox() ?? oldInternetExplorer() ?? reached(.tool) { return found }
    return aiohttp() ?? java() ?? s3Browser() ?? reached(.client)
  }

  private func finding(_ match: ProductMatch) -> Finding {
    let name = match.row.name?.description ?? string(match.token)
    var version = match.version
    // Huawei's browser states four parts, of which three are the version.
    if name == "Huawei Browser", let range = version { version = self.readVersion(at: range.lowerBound, 3...3) }
    return Finding(name: name, version: version.map(string))
  }

  /// `Name/1.2.3 CFNetwork/…`: an application on an Apple system, whose name is all that stands before the version.
  private func applicationOverCFNetwork() -> Finding? {
    var found: Finding?
    var from = 0
    while let end = find(" CFNetwork", from: from, before: 240) {
      from = end + 1
      let start = runBack(from: end) { Byte.isDigit($0) || $0 == UInt8(ascii: ".") }
      guard self[start - 1] == UInt8(ascii: "/"), start <= 201,
        let version = readVersion(at: start, 1...4), version.upperBound == end
      else { continue }
      var name = 0..<start - 1
      if start >= 8, has("-iPhone", at: start - 8) { name = 0..<start - 8 }
      if start >= 6, has("-iPad", at: start - 6) { name = 0..<start - 6 }
      found = Finding(name: string(name), version: string(version))
    }
    return found
  }

  /// Firefox on phones and tablets, before its release, and on iOS.
  private func markedFirefox() -> Finding? {
    if let mobile = find("Mobile;") ?? find("Tablet;"),
      let version = firstMatch(of: "Firefox/", from: mobile, { readVersion(at: $0, 2...2) })
    {
      return Finding(name: "Firefox Mobile", version: string(version))
    }
    if let found = firstMatch(of: "Firefox/", firefoxBeforeRelease) { return found }
    return firstMatch(of: "FxiOS/") { after in
      guard let release = readVersion(at: after, 2...3) else { return nil }
      guard readVersion(at: after, 3...3) != nil else { return Finding(name: "Firefox iOS", version: string(release)) }
      // The third part comes twice, the first time with its dot: that is how this family is known to be written.
      let two = readVersion(at: after, 2...2) ?? release
      let third = string(two.upperBound + 1..<release.upperBound)
      return Finding(name: "Firefox iOS", version: string(two) + ".." + third + "." + third)
    }
  }

  private func firefoxBeforeRelease(_ after: Int) -> Finding? {
    guard let version = readVersion(at: after, 2...2) else { return nil }
    let mark = self[version.upperBound]
    guard mark == UInt8(ascii: "a") || mark == UInt8(ascii: "b"), Byte.isDigit(self[version.upperBound + 1]) else {
      return nil
    }
    let end = run(from: run(from: version.upperBound + 1, Byte.isDigit), Byte.isLower)
    return Finding(
      name: mark == UInt8(ascii: "a") ? "Firefox Alpha" : "Firefox Beta",
      version: string(version) + "." + string(version.upperBound..<end))
  }

  /// Opera with its own engine, and on Chromium.
  private func opera() -> Finding? {
    if let start = find("Opera/9.80"),
      let version = firstMatch(of: "Version/", from: start, { readVersion(at: $0, 2...3) })
    {
      return Finding(name: "Opera", version: string(version))
    }
    guard let chrome = find("Chrome") else { return nil }
    if let safari = find("Mobile Safari"),
      let version = firstMatch(of: "OPR/", from: safari + 14, { readVersion(at: $0, 3...3) })
    {
      return Finding(name: "Opera Mobile", version: string(version))
    }
    return firstMatch(of: "OPR/", from: chrome + 7) { readVersion(at: $0, 3...3) }
      .map { Finding(name: "Opera", version: string($0)) }
  }

  /// Brave with its name as the last word and no version.
  private func braveAtEnd() -> Finding? {
    var end = runBack(from: count, Byte.isBlank)
    if self[end - 1] == UInt8(ascii: ")") { end -= 1 }
    return has("Brave", at: end - 5) ? Finding(name: "Brave", version: nil) : nil
  }

  private func edgeOnPhone() -> Finding? {
    guard let phone = find("Windows Phone ") else { return nil }
    return firstMatch(of: "Edge/", from: phone) { readVersion(at: $0, 2...2) }
      .map { Finding(name: "Edge Mobile", version: string($0)) }
  }

  private func duckDuckGo() -> Finding? {
    guard let start = find("Mozilla") else { return nil }
    func stated(_ token: StaticString, _ parts: ClosedRange<Int>) -> Range<Int>? {
      firstMatch(of: token, from: start + 8) { self.readVersion(at: $0, parts) }
    }
    guard let version = stated("DuckDuckGo/", 1...1) ?? stated("Ddg/", 1...2) else { return nil }
    let isMobile = find("Mobile", from: start + 8, before: version.lowerBound) != nil
    return Finding(name: isMobile ? "DuckDuckGo Mobile" : "DuckDuckGo", version: string(version))
  }

  /// Chrome as a part of another Android application.
  private func chromeWebView() -> Finding? {
    guard let start = find("Version/").map({ $0 + 9 }) ?? find("; wv)").map({ $0 + 6 }) else { return nil }
    return firstMatch(of: "Chrome/", from: start) { readVersion(at: $0, 4...4) }
      .map { Finding(name: "Chrome Mobile WebView", version: string($0)) }
  }

  private func chromeMobile() -> Finding? {
    let version =
      firstMatch(of: "Chrome/") { after -> Range<Int>? in
        guard let version = readVersion(at: after, 4...4), has(" Mobile", at: version.upperBound) else { return nil }
        let end = version.upperBound + 7
        return end == count || self[end] == 0x20 || self[end] == UInt8(ascii: "/") ? version : nil
      }
      ?? find(" Mobile ").flatMap { firstMatch(of: "Chrome/", from: $0 + 9) { readVersion(at: $0, 4...4) } }
    return version.map { Finding(name: "Chrome Mobile", version: string($0)) }
  }

  /// Safari and its view on phones, tablets and players.
  private func appleMobile() -> Finding? {
    guard let device = find("iPhone") ?? find("iPad") ?? find("iPod") else { return nil }
    if let version = firstMatch(of: "GSA/", from: device, { readVersion(at: $0, 3...4) }),
      has(" Mobile", at: version.upperBound)
    {
      return Finding(name: "Google", version: string(version))
    }
    let version = firstMatch(of: "Version/", from: device) { readVersion(at: $0, 2...3) }
    let safari = find(" Safari", from: version?.upperBound ?? device)
    return Finding(
      name: safari == nil ? "Mobile Safari UI/WKWebView" : "Mobile Safari", version: version.map(string))
  }

  private func safari() -> Finding? {
    let version = firstMatch(of: "Version/") { after -> Range<Int>? in
      guard let version = readVersion(at: after, 2...3) else { return nil }
      return find("Safari/", from: version.upperBound, before: version.upperBound + 101) == nil ? nil : version
    }
    if let version { return Finding(name: "Safari", version: string(version)) }
    return firstMatch(of: "Safari/") { Byte.isDigit(self[$0]) ? Finding(name: "Safari", version: nil) : nil }
  }

  private func internetExplorer() -> Finding? {
    firstMatch(of: "Trident/") { after in
      guard has(".0", at: after + 1) else { return nil }
      switch self[after] {
      case UInt8(ascii: "8"), UInt8(ascii: "7"): return Finding(name: "IE", version: "11.0")
      case UInt8(ascii: "6"): return Finding(name: "IE", version: "10.0")
      case UInt8(ascii: "5"): return Finding(name: "IE", version: "9.0")
      case UInt8(ascii: "4"): return Finding(name: "IE", version: "8.0")
      default: return nil
      }
    }
  }

  private func oldInternetExplorer() -> Finding? {
    firstMatch(of: "IE ") { readVersion(at: $0, 2...2) }.map { Finding(name: "IE", version: string($0)) }
  }

  private func firefox() -> Finding? {
    firstMatch(of: "Firefox/") { after in
      guard let version = readVersion(at: after, 2...3) else { return nil }
      let isPrerelease = has("pre", at: version.upperBound) && self.readVersion(at: after, 3...3) == nil
      return Finding(name: "Firefox", version: string(version) + (isPrerelease ? ".pre" : ""))
    }
  }

  private func aiohttp() -> Finding? {
    firstMatch(of: "Python/3.") { after in
      let start = run(from: after, longest: 3, Byte.isDigit)
      guard start > after, has(" aiohttp/", at: start) else { return nil }
      return readVersion(at: start + 9, 3...3).map { Finding(name: "Python aiohttp", version: string($0)) }
    }
  }

  /// Java by its runtime: `Java/1.8.0_252` is 8.0.252, `Java/17.0.1` itself.
  private func java() -> Finding? {
    func versionStart(_ after: Int) -> Int {
      self[after] == 0x20 || self[after] == UInt8(ascii: "/") ? after + 1 : after
    }
    let old = firstMatch(of: "Java") { after -> Finding? in
      let start = versionStart(after)
      guard Byte.isDigit(self[start]), self[start + 1] == UInt8(ascii: "."),
        let release = readVersion(at: start + 2, 2...2)
      else { return nil }
      let update = run(from: release.upperBound) { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
      let end = run(from: update, Byte.isAlphanumeric)
      return Finding(name: "Java", version: string(release) + (end > update ? "." + string(update..<end) : ""))
    }
    return old
      ?? firstMatch(of: "Java") { readVersion(at: versionStart($0), 3...3) }
      .map { Finding(name: "Java", version: string($0)) }
  }

  /// `S3 Browser 10-1-9`, whose version may be joined by hyphens.
  private func s3Browser() -> Finding? {
    guard has("S3 Browser ", at: 0) else { return nil }
    return readVersion(at: 11, 3...3) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
      .map { Finding(name: "S3 Browser", version: dotted($0)) }
  }
}
