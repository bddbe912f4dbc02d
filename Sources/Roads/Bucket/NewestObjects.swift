import AWS
import Events

/// The newest so many objects of those that are shown to it: a heap with the oldest of them on top.
struct NewestObjects {
  private let most: Int
  private var heap: [S3Client.Object] = []
  /// How many there was no room for.
  private(set) var left = 0

  init(most: Int) { self.most = max(1, most) }

  mutating func add(_ object: S3Client.Object) {
    if heap.count < most {
      heap.append(object)
      var place = heap.count - 1
      while place > 0, Self.isOlder(heap[place], heap[(place - 1) / 2]) {
        heap.swapAt(place, (place - 1) / 2)
        place = (place - 1) / 2
      }
    } else {
      left += 1
      guard Self.isOlder(heap[0], object) else { return }
      heap[0] = object
      var place = 0
      while true {
        var oldest = place
        for child in [2 * place + 1, 2 * place + 2] where child < heap.count && Self.isOlder(heap[child], heap[oldest])
        {
          oldest = child
        }
        if oldest == place { return }
        heap.swapAt(place, oldest)
        place = oldest
      }
    }
  }

  /// From the newest on.
  var sorted: [S3Client.Object] { heap.sorted { Self.isOlder($1, $0) } }

  private static func isOlder(_ left: S3Client.Object, _ right: S3Client.Object) -> Bool {
    (left.modified, left.key) < (right.modified, right.key)
  }
}
