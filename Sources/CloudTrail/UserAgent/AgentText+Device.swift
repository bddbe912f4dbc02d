extension AgentText {
  /// The kind of device that the text names; nil for what has no name, as servers have none.
  func device() -> String? {
    if isPhoneCrawler() { return "Spider" }
    return androidDevice() ?? appleDevice() ?? otherDevice()
  }

  /// A crawler that poses as a phone.
  private func isPhoneCrawler() -> Bool {
    if contains("Mozilla"), contains("AspiegelBot") || contains("PetalBot") { return true }
    let phones: [StaticString] = ["iphone", "windows ce", "windows phone", "android"]
    let start = (0..<min(count, 101)).first { position in
      switch Byte.lowered(self[position]) {
      case UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "w"):
        return phones.contains { hasFolded($0, at: position) }
      default: return false
      }
    }
    guard let phone = start else { return false }
    for position in phone..<count {
      if hasFolded("bot", at: position) {
        let end = Byte.lowered(self[position + 3]) == UInt8(ascii: "s") ? position + 4 : position + 3
        if self[end] == UInt8(ascii: "/"), Byte.isDigit(self[end + 1]) { return true }
        if hasFolded("bot-mobile", at: position) || hasFolded("bot.html", at: position) { return true }
      }
      if hasFolded("bingpreview", at: position) || hasFolded("spider.html", at: position)
        || hasFolded("google-inspectiontool", at: position)
      {
        return true
      }
    }
    return false
  }

  // MARK: Android

  private func androidDevice() -> String? {
    let isList = contains(";")
    if isList, let model = pixel() ?? nexus() ?? huawei() { return model }
    if contains("Quest") { return "Quest" }
    if isList, let model = onePlus() ?? oppo() ?? samsung() ?? xiaomi() ?? motorola() { return model }
    return kindle()
  }

  /// Whether a part of a list begins at `position`: behind a semicolon and two blanks at most.
  private func isListed(_ position: Int) -> Bool {
    self[runBack(from: position, longest: 2) { $0 == 0x20 } - 1] == UInt8(ascii: ";")
  }

  /// Where the model that starts at `start` ends: before ` Build` or `) AppleWebKit`, with no semicolon between.
  private func endOfModel(_ start: Int, longest: Int = 100) -> Int? {
    let end = run(from: start, longest: longest + 1) { $0 != UInt8(ascii: ";") }
    guard end > start + 1 else { return nil }
    return (start + 1..<end).first { has(" Build", at: $0) || has(") AppleWebKit", at: $0) }
  }

  private func pixel() -> String? {
    firstMatch(of: "; Pixel") { after -> String? in
      let start = after - 5
      let end = run(from: after, longest: 100) { Byte.isLetterRange($0) || Byte.isDigit($0) || $0 == 0x20 }
      if self[end] == UInt8(ascii: ";"), end > after {
        if has(" Build", at: end + 1) || find(") AppleWebKit", from: end + 1, before: end + 52) != nil {
          return string(start..<end)
        }
      }
      return endOfModel(start, longest: 205).map { string(start..<$0) }
    }
  }

  private func nexus() -> String? {
    firstMatch(of: "; Nexus ") { after in
      guard let end = endOfModel(after) else { return nil }
      switch string(after..<end) {
      case "10", "7", "7 2013": return "Asus Nexus " + string(after..<end)
      case "6P" where has(" Build", at: end): return "Huawei Nexus 6P"
      default: return nil
      }
    }
  }

  private func huawei() -> String? {
    firstMatch(of: "-L") { after in
      let start = after - 5
      guard has("; ", at: start - 2), self[after + 2] == UInt8(ascii: ")"),
        (start..<start + 3).allSatisfy({ self[$0] &- 0x41 < 26 })
      else { return nil }
      return "Huawei " + string(start..<after + 2)
    }
  }

  private func onePlus() -> String? {
    firstMatch(of: "; ONEPLUS ") { after in
      guard Byte.isLetter(self[after]), let end = endOfModel(after),
        run(from: after + 1, Byte.isDigit) == end, end > after + 1
      else { return nil }
      return "OnePlus " + string(after - 8..<end)
    }
  }

  private func oppo() -> String? {
    firstMatch(of: "CPH") { after in
      guard isListed(after - 3), Byte.isDigit(self[after]), let end = endOfModel(after) else { return nil }
      return "Oppo " + string(after - 3..<end)
    }
  }

  private func motorola() -> String? {
    firstMatch(of: "moto") { after in
      guard isListed(after - 4) else { return nil }
      let end = (after..<min(count, after + 51)).first { has(" Build", at: $0) || has(") AppleWebKit", at: $0) }
      return end.map { "Motorola" + string(after..<$0) }
    }
  }

  private func samsung() -> String? {
    for family: StaticString in ["GT-", "SM-", "SCH-", "SGH-", "SHV-", "SPH-", "SC-"] {
      let isOld = family.utf8Start[0] == UInt8(ascii: "G") && family.utf8CodeUnitCount == 3
      let model = firstMatch(of: family) { after -> Range<Int>? in
        let start = after - family.utf8CodeUnitCount
        guard isListed(start) || (isOld && start == 0) else { return nil }
        let long = run(from: after, longest: 50) { Byte.isAlphanumeric($0) || $0 == 0x20 }
        let short = run(from: after, Byte.isAlphanumeric)
        if isOld {
          let digits = run(from: after + 1, longest: 4, Byte.isDigit)
          guard Byte.isLetter(self[after]), digits == after + 5 else { return nil }
          let end = run(from: after) {
            $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ")")
          }
          let build = find("Build", from: after, before: end).map { runBack(from: $0) { $0 == 0x20 } }
          return start..<(build ?? end)
        }
        if let build = find(" Build", from: after, before: long + 1), build > after { return start..<build }
        if self[short] == UInt8(ascii: "/"), short > after {
          let end = run(from: short) { $0 != 0x20 }
          if has(" Build", at: end) { return start..<short }
        }
        let isWhole = self[short] == UInt8(ascii: ")")
        return isWhole && (5...6).contains(short - after) ? start..<short : nil
      }
      if let model { return "Samsung " + string(model) }
    }
    return nil
  }

  private func xiaomi() -> String? {
    for family: StaticString in ["Redmi ", "Mi ", "MI ", "HM "] {
      let model = firstMatch(of: family) { after -> Range<Int>? in
        let start = after - family.utf8CodeUnitCount
        guard isListed(start) else { return nil }
        let end = run(from: after) { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ")") }
        if self[end] == UInt8(ascii: "/"), has(" Build", at: end - 6) { return start..<end - 6 }
        return start..<end
      }
      if let model { return "XiaoMi " + string(model) }
    }
    return nil
  }

  private func kindle() -> String? {
    for token: StaticString in [" Silk/", " Kindle/"] {
      let found: Bool? = firstMatch(of: token) { after in
        readVersion(at: after, 2...2) == nil ? nil : true
      }
      if found != nil { return "Kindle" }
    }
    return nil
  }

  /// Any other model, as the text states it after Android's version (and the language, as older releases do).
  private func statedModel() -> String? {
    firstMatch(of: "Android ") { after in
      guard let version = readVersion(at: after, 1...3), has(";", at: version.upperBound) else { return nil }
      var start = version.upperBound + 1
      start = run(from: start, longest: 2) { $0 == 0x20 }
      if version.count > 1, Byte.isLetter(self[start]), Byte.isLetter(self[start + 1]),
        self[start + 2] == UInt8(ascii: "-") || self[start + 2] == UInt8(ascii: "_")
      {
        let language = run(from: start + 3, longest: 2, Byte.isLetter)
        if self[language] == UInt8(ascii: ";") {
          let model = run(from: language + 1, longest: 2) { $0 == 0x20 }
          let end = (model + 1..<max(model + 1, min(count, model + 201))).first {
            has(" Build/", at: $0) || has(" Build ", at: $0) || self[$0] == UInt8(ascii: ")")
          }
          if let end { return string(model..<end) }
        }
      }
      guard self[version.upperBound + 1] == 0x20 else { return nil }
      start = version.upperBound + 2
      let limit = run(from: start, longest: 101) { $0 != UInt8(ascii: ";") }
      guard limit > start + 1 else { return nil }
      if find(" Safari", from: start) != nil, let end = endOfModel(start) {
        return string(start..<end)
      }
      return (start + 1..<limit).first { has(" Build", at: $0) || self[$0] == UInt8(ascii: ")") }
        .map { string(start..<$0) }
    }
  }

  // MARK: Apple

  private func appleDevice() -> String? {
    for (token, name): (StaticString, String) in [("iPad", "iPad"), ("iPod", "iPod"), ("iPhone", "iPhone")] {
      let found: Bool? = firstMatch(of: token) { after in
        if self[after] == UInt8(ascii: ";") || has(" Simulator;", at: after) { return true }
        if name == "iPod", has(" touch;", at: after) { return true }
        let comma = run(from: after, Byte.isDigit)
        return comma > after && self[comma] == UInt8(ascii: ",") && Byte.isDigit(self[comma + 1]) ? true : nil
      }
      if found != nil { return name }
    }
    if contains("iPhone") { return "iPhone" }
    guard let library = find("CFNetwork/"), let kernel = find(" Darwin/", from: library + 10, before: library + 111),
      Byte.isDigit(self[kernel + 8])
    else { return nil }
    if let version = readVersion(at: kernel + 8, 3...3), has(" (x86_64)", at: version.upperBound) { return "Mac" }
    return macModel(after: kernel + 9) ?? "iOS-Device"
  }

  /// `(MacBookPro15,1)` and the like behind the kernel's version.
  private func macModel(after start: Int) -> String? {
    for token: StaticString in ["(Mac", "(iMac", "(PowerMac", "(PowerBook"] {
      let model = firstMatch(of: token, from: start, before: start + 101) { after -> String? in
        let number = run(from: after) { !Byte.isDigit($0) }
        let comma = run(from: number, Byte.isDigit)
        let width = self[comma] == UInt8(ascii: ",") ? 1 : has("%2C", at: comma) ? 3 : 0
        guard comma > number, width > 0, Byte.isDigit(self[comma + width]) else { return nil }
        let end = run(from: comma + width, Byte.isDigit)
        return string(after - token.utf8CodeUnitCount + 1..<comma) + "," + string(comma + width..<end)
      }
      if let model { return model }
    }
    return nil
  }

  // MARK: What remains

  private func otherDevice() -> String? {
    if let model = statedModel() { return model }
    if isTablet() { return "Generic Tablet" }
    if isSmartphone() { return "Generic Smartphone" }
    if DeviceWords.crawlers.occurs(in: self, before: 101) || DeviceWords.leadingCrawlers.occurs(in: self, before: 1) {
      return "Spider"
    }
    if DeviceWords.handsets.occurs(in: self, before: 1) || contains("Opera Mini") { return "Generic Feature Phone" }
    return contains("Mac OS") ? "Mac" : nil
  }

  private func isTablet() -> Bool {
    for position in 0..<count {
      if hasFolded("opera tablet", at: position) { return true }
      if hasFolded("tablet; ", at: position), find("Firefox/", from: position + 9) != nil { return true }
      guard hasFolded("android", at: position) else { continue }
      if hasFolded("android 3.", at: position), Byte.isDigit(self[position + 10]) { return true }
      for end in position + 7..<min(count, position + 108) where hasFolded("tab", at: end) || hasFolded("pad", at: end)
      {
        return true
      }
    }
    return false
  }

  private func isSmartphone() -> Bool {
    let words: [StaticString] = [
      "Android", "iPhone OS", "MobileSafari", "Windows CE", "Windows Phone", "WindowsPhone", "Opera Mobi", "Symbian",
      "BREW",
      "Brew", "PalmOS", "(webOS/",
    ]
    if words.contains(where: contains) { return true }
    return find("Mobile; ").map { find("Firefox/", from: $0 + 9) != nil } ?? false
  }
}
