/// Numbers with the right form of their nouns.
public enum CountText {
  /// `1 rule`, `2 rules`; a noun with an irregular plural is given both.
  public static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `20 alerts and 2 building blocks`: alerts, and those that others among them are put together of, which no count of alerts has in it.
  public static func alerts(_ alerts: Int, blocks: Int) -> String {
    count(alerts, "alert") + (blocks > 0 ? " and \(count(blocks, "building block"))" : "")
  }

  /// A whole number with commas between thousands.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}
