import Foundation
import JSON

extension JSONValue {
  /// The value of a JSON text.
  init(json: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
  }
}
