import Query

/// Reads Lucene's query strings and the query DSL, and asks them of a few events.
extension QueryTargets {
  func lucene(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let query = try Lucene.query(text)
      if let refusal = query.refusal(QueryJudge(.standard)) {
        precondition(!refusal.rendered.isEmpty, "a refusal says why")
      }
      precondition(!query.predicate.words(catalog: .standard).isEmpty, "a query has words for people")
      // Nothing at all is true of everything, and stands in no parentheses; nor does what stands too deep already.
      guard query.predicate != .all, let inner = try? Lucene.query("(\(text))") else {
        _ = rows([query.predicate])
        return
      }
      let rows = rows([query.predicate, inner.predicate])
      precondition(rows[0] == rows[1], "parentheses around a query change nothing")
    } catch {
      precondition(!error.rendered.isEmpty, "a refusal says why")
    }
  }

  func dsl(_ bytes: [UInt8]) {
    do {
      let predicate = try QueryDSL.query(String(decoding: bytes, as: UTF8.self))
      if let refusal = QueryJudge(.standard).refusal(of: predicate) {
        precondition(!refusal.description.isEmpty, "a refusal says why")
      }
      precondition(!predicate.words(catalog: .standard).isEmpty, "a query has words for people")
      let rows = rows([predicate, .not(predicate)])
      precondition(Set(rows[0]).isDisjoint(with: rows[1]), "no event is found by a query and by its opposite")
    } catch {
      precondition(!error.description.isEmpty, "a refusal says why")
    }
  }
}
