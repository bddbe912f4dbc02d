import Dispatch
import Synchronization

extension RandomAccessCollection where Self: Sendable, Index == Int {
  /// What a transformation makes of each element, in their order, worked out on all cores a slice at a time.
  public func concurrentMap<Value: Sendable>(slice: Int, _ transform: @Sendable (Element) -> Value) -> [Value] {
    concurrentSlices(of: slice) { $0.map(transform) }
  }

  /// The same for a transformation of whole slices, which shares something between their elements; throws what the first
  /// slice threw that failed.
  public func concurrentSlices<Value: Sendable, Failure: Error>(
    of size: Int, _ transform: @Sendable (SubSequence) throws(Failure) -> [Value]
  ) throws(Failure) -> [Value] {
    let parts = Mutex([Int: Result<[Value], Failure>]())
    DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { turn in
      let start = startIndex + turn * size
      let part = Result { () throws(Failure) in try transform(self[start..<Swift.min(start + size, endIndex)]) }
      parts.withLock { $0[turn] = part }
    }
    var values: [Value] = []
    for (_, part) in parts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) { values += try part.get() }
    return values
  }
}

/// What two pieces of work come to, done at the same time.
public func concurrently<First: Sendable, Second: Sendable>(
  _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
  let results = Mutex<(First?, Second?)>((nil, nil))
  DispatchQueue.concurrentPerform(iterations: 2) { turn in
    if turn == 0 {
      let result = first()
      results.withLock { $0.0 = result }
    } else {
      let result = second()
      results.withLock { $0.1 = result }
    }
  }
  guard case (let first?, let second?) = results.withLock({ $0 }) else {
    preconditionFailure("concurrentPerform returns when all turns have ended")
  }
  return (first, second)
}
