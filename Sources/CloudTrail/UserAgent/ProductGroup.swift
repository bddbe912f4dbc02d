/// Products that are written alike: where their token may stand, and how a version follows it.
struct ProductGroup {
  enum Place { case anywhere, wordStart, start }
  enum Separator { case slash, space, either, slashAndV, optional }

  /// The stage of recognition that a group belongs to; an earlier stage wins over a later one.
  enum Stage: Int, Comparable {
    case library, marked, opera, branded, chromeMobile, desktop, mail, device, webKit, tool, client

    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// A token, in which `#` stands for one digit, and the name it goes by where that is not the token itself.
  struct Product: ExpressibleByStringLiteral {
    let token: StaticString
    let name: StaticString?

    init(stringLiteral token: StaticString) {
      self.token = token
      self.name = nil
    }

    init(_ token: StaticString, _ name: StaticString) {
      self.token = token
      self.name = name
    }
  }

  let stage: Stage
  let place: Place
  let separator: Separator
  /// How many parts of a version are needed and how many are taken; nil where the token alone is the product.
  let parts: ClosedRange<Int>?
  /// Whether the token counts even where no version follows.
  let needsVersion: Bool
  let products: [Product]

  init(
    _ stage: Stage, _ place: Place, _ separator: Separator, _ parts: ClosedRange<Int>?, needsVersion: Bool = true,
    _ products: [Product]
  ) {
    self.stage = stage
    self.place = place
    self.separator = separator
    self.parts = parts
    self.needsVersion = needsVersion && parts != nil
    self.products = products
  }
}
