import Events

/// How a Lucene query string is read: the settings of the query DSL's `query_string`.
struct LuceneSettings {
  /// How fields of text are cut into words.
  var catalog = FieldCatalog.standard
  /// Where values without a field are looked for.
  var fields: [FieldSelector] = [.any]
  /// Clauses have to hold unless something else is said, and so has every word of a text.
  var requiresAll = false
  /// What a field cannot read finds nothing, where it would be refused.
  var isLenient = false
  /// On fields of text a word that ends in a star is cut into words.
  var analyzesWildcards = true
  /// A word may begin with a wildcard.
  var allowsLeadingWildcards = true
  /// Words side by side are a phrase.
  var makesPhrases = false
  /// So many moves are allowed in a phrase that says nothing of them.
  var phraseMoves = 0
  /// The letters that may differ where `~` says nothing of them.
  var fuzziness = Fuzziness.byLength
  /// So many first letters may not differ.
  var fixedLetters = 0
  /// How many of the clauses have to hold that need not, as `minimum_should_match` has it; nil where it is not stated.
  var least: MinimumMatch?
  /// Where ends of ranges and words are read that are dates and name no zone; nil for UTC. Phrases are always read in UTC.
  var zone: DateZone?
  /// What may be spent on a regular expression (`max_determinized_states`).
  var effort = RegularExpression.usualEffort
  /// `>10` compares where no field is named, too.
  var comparesBareWords = true
}
