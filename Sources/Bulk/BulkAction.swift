import JSON

/// What a line of a bulk request asks for.
public struct BulkAction: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable { case index, create, update, delete }

  public var kind: Kind
  /// Nil where neither the line nor the request's path names one.
  public var index: String?
  public var id: String?
  public var pipeline: String?

  public init(kind: Kind, index: String?, id: String? = nil, pipeline: String? = nil) {
    self.kind = kind
    self.index = index
    self.id = id
    self.pipeline = pipeline
  }

  /// Reads a line; throws a `BulkFault`, for the whole request.
  ///
  /// - Parameter number: of the line, from 1.
  init(_ line: ArraySlice<UInt8>, number: Int, limits: BulkLimits) throws {
    func malformed(_ reason: String) -> BulkFault {
      BulkFault(
        status: 400, type: "illegal_argument_exception", reason: "Malformed action/metadata line [\(number)], \(reason)"
      )
    }
    guard line.count <= limits.longestAction else {
      throw malformed("it has more than \(limits.longestAction) bytes")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line)
    } catch {
      throw malformed("it is no JSON: \(error)")
    }
    guard let members = value.objectValue else { throw malformed("expected an object but found \(value.kindName)") }
    guard members.count == 1, let (name, parameters) = members.first else {
      throw malformed("expected one action but found \(members.count)")
    }
    guard let kind = Kind(rawValue: name) else {
      throw malformed("expected field [create], [delete], [index] or [update] but found [\(name.prefix(40))]")
    }
    guard let parameters = parameters.objectValue else {
      throw malformed("expected an object for [\(name)]")
    }
    self.kind = kind
    func text(_ name: String) throws -> String? {
      switch parameters[name] {
      case nil, .null?: return nil
      case let value?:
        if let text = value.stringValue { return text }
        if let number = value.integerValue { return String(number) }
        throw malformed("[\(name)] is \(value.kindName) and no text")
      }
    }
    index = try text("_index")
    id = try text("_id")
    pipeline = try text("pipeline").flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Why a whole request is refused, in the words of Elasticsearch where it has some.
public struct BulkFault: Error, Equatable, Sendable {
  public var status: Int
  public var type: String
  public var reason: String

  public init(status: Int, type: String, reason: String) {
    self.status = status
    self.type = type
    self.reason = reason
  }
}
