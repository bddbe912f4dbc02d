import Events
import Synchronization
import Testing

@testable import Query

struct ExpressionEvaluatorTests {
  private let here = 0..<1

  /// A function that counts how often it is asked.
  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  private func column(_ cells: [Cell], _ type: DataType = .long) -> CellColumn { CellColumn(type, rows: cells) }
  private func field(_ place: Int, _ type: DataType = .long) -> TypedExpression {
    TypedExpression(.column(place), type, here)
  }

  @Test("A function of one column is evaluated once per distinct value, of two once per pair that is met")
  func distinct() {
    let counter = Counter()
    let function = ScalarFunction("f") { cells in
      counter.add()
      return .whole(cells.reduce(0) { $0 + ($1.single?.wholeValue ?? 0) })
    }
    let rows = (0..<1000).map { Cell.whole($0 % 10) }
    let other = (0..<1000).map { Cell.whole($0 % 2) }
    var evaluator = ExpressionEvaluator([column(rows), column(other)], rowCount: 1000)
    let one = evaluator.column(TypedExpression(.apply(function, [field(0)]), .long, here))
    #expect(counter.value == 10)
    // A function of that function is one of the same column.
    _ = evaluator.column(
      TypedExpression(
        .apply(function, [TypedExpression(.apply(function, [field(0)]), .long, here), field(0)]), .long, here))
    #expect(counter.value == 30)
    let two = evaluator.column(TypedExpression(.apply(function, [field(0), field(1)]), .long, here))
    #expect(counter.value == 40)
    #expect((0..<1000).allSatisfy { one[$0] == .whole($0 % 10) && two[$0] == .whole($0 % 10 + $0 % 2) })
  }

  @Test(
    "A cell with several values gives null with a warning in a function of single ones, and each its own where each counts"
  )
  func severalValues() {
    let cells: [Cell] = [.whole(1), .many([.whole(1), .whole(2)]), .none]
    var evaluator = ExpressionEvaluator([column(cells)], rowCount: 3)
    let plusOne = TypedExpression(
      .apply(
        ScalarFunction("f") { .whole(1 + ($0[0].single?.wholeValue ?? 0)) }, [field(0)]), .long, 3..<9)
    let result = evaluator.column(plusOne)
    #expect((0..<3).map { result[$0] } == [.whole(2), .none, .none])
    #expect(evaluator.notes.faults == [EvaluationNotes.Fault(range: 3..<9, fault: .severalValues)])
    let each = TypedExpression(
      .apply(
        ScalarFunction("f", several: .each) { .whole(1 + ($0[0].single?.wholeValue ?? 0)) }, [field(0)]), .long, here)
    #expect(evaluator.column(each)[1] == .many([.whole(2), .whole(3)]))
  }

  @Test("Logic knows true, false and unknown")
  func threeValues() {
    let values: [Cell] = [.boolean(true), .boolean(false), .none]
    let left = values.flatMap { [$0, $0, $0] }
    let right = values + values + values
    var evaluator = ExpressionEvaluator([column(left, .boolean), column(right, .boolean)], rowCount: 9)
    let (a, b) = (field(0, .boolean), field(1, .boolean))
    func check(_ node: TypedExpression.Node, _ expected: [Cell]) {
      let expression = TypedExpression(node, .boolean, here)
      let result = evaluator.column(expression)
      var notes = EvaluationNotes()
      for row in 0..<9 {
        #expect(result[row] == expected[row])
        #expect(expression.value([left[row], right[row]], &notes) == expected[row])
      }
    }
    let (yes, no) = (Cell.boolean(true), Cell.boolean(false))
    check(.and([a, b]), [yes, no, .none, no, no, no, .none, no, .none])
    check(.or([a, b]), [yes, yes, yes, yes, no, .none, yes, .none, .none])
    check(.not(a), [no, no, no, yes, yes, yes, .none, .none, .none])
  }

  @Test("Whole numbers stay whole, what does not fit is a fault, and a division truncates towards zero")
  func arithmetic() throws {
    func value(_ kind: ArithmeticOperator, _ left: Value, _ right: Value, _ type: DataType) throws -> Value {
      try Arithmetic.value(kind, left, right, as: type)
    }
    #expect(try value(.divide, .whole(-7), .whole(2), .long) == .whole(-3))
    #expect(try value(.modulo, .whole(-7), .whole(2), .long) == .whole(-1))
    #expect(try value(.modulo, .whole(.min), .whole(-1), .long) == .whole(0))
    #expect(try value(.divide, .double(7), .whole(2), .double) == .double(3.5))
    #expect(throws: EvaluationFault.self) { try value(.add, .whole(.max), .whole(1), .long) }
    #expect(throws: EvaluationFault.self) { try value(.divide, .whole(.min), .whole(-1), .long) }
    #expect(throws: EvaluationFault.self) { try value(.add, .whole(Int64(Int32.max)), .whole(1), .integer) }
    #expect(throws: EvaluationFault.self) { try value(.divide, .whole(1), .whole(0), .long) }
    #expect(throws: EvaluationFault.self) { try value(.multiply, .double(1e300), .double(1e300), .double) }
  }

  @Test("Doubles are written as Java writes them")
  func javaNumbers() {
    let cases: [(Double, String)] = [
      (2, "2.0"), (1e7, "1.0E7"), (1.5e-5, "1.5E-5"), (0.001, "0.001"), (123.456, "123.456"), (-0.5, "-0.5"),
      (9_999_999, "9999999.0"), (1.25e20, "1.25E20"), (100, "100.0"), (0, "0.0"),
    ]
    for (value, text) in cases { #expect(JavaNumber.text(value) == text) }
  }

  @Test("Versions are ordered as semantic versions, texts that are none after them")
  func versions() {
    let ordered = ["1.0.0-alpha", "1.0.0", "1.2.4", "1.11.3", "2.0", "nonsense"].map { SemanticVersion($0) }
    #expect(ordered.shuffled().sorted().map(\.text) == ordered.map(\.text))
  }
}
