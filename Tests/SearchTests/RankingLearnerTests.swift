import Testing

@testable import Search

@Suite struct RankingLearnerTests {
  /// Who asks for a word wants what has it in its title; the start says otherwise.
  private func learner() throws -> RankingLearner {
    let words = ["чайник", "кружка", "одеяло", "лампа", "рюкзак", "утюг", "ковёр", "миксер"]
    var (documents, queries, ratings) = ([SearchDocument](), [RankingLearner.Query](), "")
    for (number, word) in words.enumerated() {
      documents.append(
        SearchDocument(sku: "b\(number)", title: word + " простой товар для дома и дачи на каждый день"))
      documents.append(
        SearchDocument(
          sku: "a\(number)", title: "Набор",
          description: Array(repeating: word, count: number + 1).joined(separator: " ")))
      queries.append(RankingLearner.Query(id: "c\(number)", text: word))
      ratings += "c\(number) b\(number) 3\n"
    }
    return RankingLearner(
      documents, synonyms: .none, queries: queries,
      ratings: try Ratings(reading: Array(ratings.utf8), source: "r"))
  }

  @Test func findsNumbersThatAnswerBetterAlsoWhereItDidNotLearn() throws {
    let learner = try learner()
    var start = Ranking.standard
    start.fields[4].weight = 1
    let before = try (learner.score(start, .development), learner.score(start, .held))
    #expect(before.0 < 0.9 && before.1 < 0.9)
    var steps = 0
    let learned = try learner.learn(from: start, rounds: 4) { _, _, _ in steps += 1 }
    #expect(steps > 0 && learned != start)
    #expect(try learner.score(learned, .development) == 1)
    #expect(try learner.score(learned, .held) == 1)
    #expect(try learner.learn(from: start, rounds: 4) == learned, "the same again")
    #expect(try learner.learn(from: learned, rounds: 1) == learned, "nothing is better than all")
    #expect(try Ranking(reading: learned.file, source: "file") == learned)
  }

  @Test(arguments: [
    ("c17", true), ("s17", true), ("17", true), ("c18", false), ("q-2", false), ("a", true), ("b", false),
  ])
  func keepsTheSlipsOfAWishInItsHalf(id: String, isDevelopment: Bool) {
    #expect((RankingLearner.half(of: id) == .development) == isDevelopment)
  }

  @Test func everyNumberHasANameAndAPlace() {
    let values = Ranking.standard.values
    #expect(values.count == Ranking.names.count && Set(Ranking.names).count == values.count)
    #expect(Ranking(values: values) == .standard)
  }

  @Test func ratingsPartWhatIsOtherwiseAlike() throws {
    func rated(_ sku: String, _ stars: Int?, _ count: Int = 100) -> SearchDocument {
      SearchDocument(
        sku: sku, title: "Чайник электрический",
        rating: stars.map { SearchDocument.Rating(hundredths: $0, count: count) })
    }
    let documents = [
      rated("a", 250), rated("b", nil), rated("c", 490), rated("d", 500, 1), rated("e", 480, 4),
    ]
    let finder = try Finder(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
    var analyzer = try Analyzer()
    let hits = try finder.find(SearchRequest("чайник"), analyzer: &analyzer).hits
    #expect(hits.map(\.sku) == ["c", "e", "d", "b", "a"])
    #expect(hits.first?.boosts.contains { $0.name == "rating" && $0.share > 0 } == true)
    // A tie-breaker: one more word of the query is worth more than all stars.
    let better =
      documents + [SearchDocument(sku: "f", title: "Чайник", rating: .init(hundredths: 500, count: 9_999))]
    let other = try Finder(Segment(opening: IndexBuilder.build(documents: better, synonyms: .none)))
    let best = try other.find(SearchRequest("чайник электрический"), analyzer: &analyzer).hits
    #expect(best.last?.sku == "f")
  }

  @Test func fewRatingsSayLittle() {
    #expect(SearchDocument.Rating(hundredths: 500, count: 1).settled == 409)
    #expect(SearchDocument.Rating(hundredths: 500, count: 990).settled == 499)
    #expect(SearchDocument.Rating(hundredths: 900, count: 0).settled == 409)
  }
}
