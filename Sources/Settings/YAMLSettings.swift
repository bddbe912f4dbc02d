import Foundation
import JSON
import Yams

/// Settings in YAML, as one value.
public enum YAMLSettings {
  /// Bytes of a file.
  public static let longest = 1 << 20
  private static let deepest = 32
  private static let mostValues = 100_000

  /// The value of a text. Nothing is 0 but numbers, and `on` is a text. Throws `SettingsFault` with the line.
  public static func value(of bytes: [UInt8]) throws -> JSONValue {
    guard bytes.count <= longest else { throw SettingsFault("the settings have more than \(longest) bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SettingsFault("the settings are no UTF-8") }
    do {
      guard let root = try Yams.compose(yaml: text) else { return [:] }
      var values = 0
      return try value(root, depth: 0, &values)
    } catch let error as YamlError {
      throw SettingsFault("the settings are no YAML: \(error)")
    }
  }

  /// The settings of a file, which are an object. Throws `SettingsFault`.
  public static func value(ofFile path: String) throws -> JSONValue {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0, let handle = FileHandle(forReadingAtPath: path) else {
      throw SettingsFault("\(path) cannot be read: \(String(cString: strerror(errno)).lowercased())")
    }
    defer { try? handle.close() }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw SettingsFault("\(path) cannot be read: it is a folder") }
    do {
      let value = try value(of: Array(handle.read(upToCount: longest + 1) ?? Data()))
      guard value.objectValue != nil else {
        throw SettingsFault("settings are keys with values, such as listen: localhost:9200, and not \(value.kindName)")
      }
      return value
    } catch let fault as SettingsFault {
      throw SettingsFault("\(path): \(fault.reason)")
    } catch {
      throw SettingsFault("\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  private static func value(_ node: Node, depth: Int, _ values: inout Int) throws -> JSONValue {
    let line = node.mark.map { " in line \($0.line)" } ?? ""
    guard depth < deepest else { throw SettingsFault("the settings are nested more than \(deepest) times\(line)") }
    // An alias stands for all that it names, which may hold others.
    values += 1
    guard values <= mostValues else { throw SettingsFault("the settings have more than \(mostValues) values\(line)") }
    switch node {
    case .scalar(let scalar):
      // What is quoted is a text, whatever it looks like.
      if scalar.style == .plain {
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return true
        case "false": return false
        default:
          if let number = Int64(scalar.string) { return .integer(number) }
          if let number = Double(scalar.string), number.isFinite, scalar.string.first != "." { return .double(number) }
        }
      }
      return .string(scalar.string)
    case .sequence(let list): return .array(try list.map { try value($0, depth: depth + 1, &values) })
    case .mapping(let map):
      var members: [String: JSONValue] = [:]
      for (key, member) in map {
        guard let name = key.scalar?.string else { throw SettingsFault("a key is no text\(line)") }
        guard members.updateValue(try value(member, depth: depth + 1, &values), forKey: name) == nil else {
          throw SettingsFault("the key \(name) is there twice\(line)")
        }
      }
      return .object(members)
    case .alias: throw SettingsFault("an alias stands for nothing\(line)")
    }
  }
}
