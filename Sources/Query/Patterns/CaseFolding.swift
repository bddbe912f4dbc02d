/// Texts without regard to case.
enum CaseFolding {
  /// The text in lower case, letter by letter; letters that share one in upper case are the same, as the two sigmas.
  static func folded(_ text: String) -> String {
    let lowered = TextAnalyzer.lowered(text)
    guard lowered.utf8.contains(where: { $0 >= 0x80 }) else { return lowered }
    var result = String.UnicodeScalarView()
    for scalar in lowered.unicodeScalars { result.append(scalar.value < 0x80 ? scalar : folded(scalar)) }
    return String(result)
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let upper = scalar.properties.uppercaseMapping.unicodeScalars
    guard upper.count == 1, let first = upper.first, first != scalar else { return scalar }
    let lower = first.properties.lowercaseMapping.unicodeScalars
    // What is found by the bytes of ASCII letters stays found.
    guard lower.count == 1, let folded = lower.first, folded.value >= 0x80 else { return scalar }
    return folded
  }
}
