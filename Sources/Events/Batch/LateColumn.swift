/// What gives a stored column its values and its entries once somebody asks for them: many questions are answered by few
/// columns, or by values alone. One task's own.
public protocol LateColumn: AnyObject {
  /// The kind of all values; nil where they differ.
  var kind: ScalarKind? { get }

  /// Of each of some pieces: false where no value holds it, whatever the case of ASCII letters; true in doubt.
  func mayHold(_ pieces: [SoughtBytes]) -> [Bool]

  /// False where no value passes that holds some of the pieces, whatever the case of ASCII letters; true in doubt. What passes must
  /// not ask for columns.
  func mayPass(holding pieces: [SoughtBytes], _ passes: (Scalar) -> Bool) -> Bool

  /// All values, each of which some row has. Where they cannot be read, any but none.
  var values: ValueDictionary { get }

  /// Gives all entries, whose codes are those of `values`. Where they cannot be read it gives what is there, and of a column
  /// that has one value a row one for each row all the same.
  func fill(_ filler: inout EntryFiller)
}
