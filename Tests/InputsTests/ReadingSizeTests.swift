import Testing

@testable import Inputs

/// How much is read at once goes by the memory that there is.
struct ReadingSizeTests {
  @Test("With memory in plenty texts are long, with less they are shorter, and never nothing")
  func sizes() {
    #expect(ReadingSizes(share: 8 << 30) == ReadingSizes())
    var last = ReadingSizes()
    for megabytes in stride(from: 2000, through: 0, by: -20) {
      let sizes = ReadingSizes(share: megabytes << 20)
      #expect(sizes.pieceBytes <= last.pieceBytes && sizes.wholeTextBytes <= last.wholeTextBytes)
      #expect(sizes.pieceBytes >= 256 << 10 && sizes.streamedBytes <= sizes.wholeTextBytes)
      // A text, the places of its tokens, which take up to six times its length, and what is printed of it.
      #expect(megabytes < 100 || sizes.wholeTextBytes * 16 <= megabytes << 20)
      last = sizes
    }
    #expect(last.pieceBytes == 256 << 10)
  }

  @Test("There are no more workers than there is memory for, and one in any case")
  func workers() {
    #expect(ReadingSizes.workers(16, memory: 24 << 30) == 16)
    #expect((2...4).contains(ReadingSizes.workers(16, memory: 480 << 20)))
    #expect(ReadingSizes.workers(16, memory: 10 << 20) == 1)
    #expect(ReadingSizes.workers(0, memory: 24 << 30) == 1)
  }
}
