extension RandomEQL {
  mutating func query() -> EQLAsked {
    var asked: EQLAsked =
      switch Int.random(in: 0..<10, using: &maker.random) {
      case 0...4: EQLAsked(form: .event, items: [EQLAsked.Item(category: category(), test: test(2))])
      case 5...8: sequence()
      default: sample()
      }
    if asked.form != .sample {
      for _ in 0..<maker.any([0, 0, 0, 1, 2]) {
        asked.pipes.append(maker.any([.head(maker.any(0...3)), .tail(maker.any(0...3))]))
      }
    }
    return asked
  }

  private mutating func category() -> String? { maker.any([nil, nil, "process", "file", "Process"]) }

  /// A condition that many events meet.
  private mutating func easy() -> EQLTest {
    switch Int.random(in: 0..<4, using: &maker.random) {
    case 0: .bare(.boolean(true))
    case 1: .not(test(1))
    case 2: .or([test(0), test(0)])
    default: test(1)
    }
  }

  private mutating func key(_ kind: Int) -> EQLAsked.Key {
    // Those of one place are of one type.
    let fields = kind == 0 ? ["user.id", "host.id", "process.name"] : ["process.pid", "source.port"]
    return EQLAsked.Key(field: maker.any(fields), isOptional: maker.chance(1, in: 3))
  }

  private mutating func sequence() -> EQLAsked {
    let shared = maker.any([0, 0, 1])
    let kinds = (0..<maker.any([0, 0, 0, 1, 1, 2])).map { _ in maker.any([0, 0, 1]) }
    func item(_ maker: inout RandomEQL) -> EQLAsked.Item {
      EQLAsked.Item(category: maker.category(), test: maker.easy(), keys: kinds.map { maker.key($0) })
    }
    var asked = EQLAsked(form: .sequence, items: [])
    if shared > 0 { asked.keys = [key(0)] }
    if maker.chance(2, in: 3) { asked.maxspan = maker.any([500, 1000, 2000, 4000]) }
    for _ in 0..<maker.any([2, 2, 2, 3]) {
      asked.items.append(item(&self))
      if maker.chance(1, in: 6) { asked.items[asked.items.count - 1].runs = 2 }
    }
    if asked.maxspan != nil, maker.chance(1, in: 3) {
      for _ in 0..<maker.any([1, 1, 2]) {
        var missing = item(&self)
        missing.isMissing = true
        if maker.chance(1, in: 6) { missing.runs = 2 }
        missing.test = test(0)
        asked.items.insert(missing, at: Int.random(in: 0...asked.items.count, using: &maker.random))
      }
    }
    if maker.chance(1, in: 4) {
      asked.until = item(&self)
      asked.until?.test = test(0)
    }
    return asked
  }

  private mutating func sample() -> EQLAsked {
    var asked = EQLAsked(form: .sample, keys: [key(0)], items: [])
    let kinds = maker.any([[], [], [1]])
    for _ in 0..<maker.any([2, 3]) {
      asked.items.append(EQLAsked.Item(category: category(), test: easy(), keys: kinds.map { key($0) }))
    }
    return asked
  }
}
