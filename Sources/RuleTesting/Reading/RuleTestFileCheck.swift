import Rules

/// Says what is wrong with a file of test events, without running it.
package enum RuleTestFileCheck {
  package static func diagnostics(_ bytes: [UInt8], path: String) -> [Diagnostic] {
    RuleTestReader.read(bytes, path: path).diagnostics
  }
}
