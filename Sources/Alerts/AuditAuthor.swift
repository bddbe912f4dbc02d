import Foundation

/// Who makes a change, as an entry of the audit log has it: who shows a key is known by the key's name, and by its id beside that.
package struct AuditAuthor: Equatable {
  package var name: String
  /// The id of the key that was shown; nil where none was.
  package var keyID: String?

  /// - Parameter who: a name, behind which that of a key that was shown has its id as ` (key ID)`.
  package init(_ who: String) {
    guard who.hasSuffix(")"), let mark = who.range(of: Self.mark, options: .backwards), mark.lowerBound > who.startIndex
    else {
      (name, keyID) = (who, nil)
      return
    }
    let id = who[mark.upperBound...].dropLast()
    let isID = !id.isEmpty && id.utf8.count <= 64 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    (name, keyID) = isID ? (String(who[..<mark.lowerBound]), String(id)) : (who, nil)
  }

  private static let mark = " (key "
}
