import Glibc
import Search
import Store
import SystemPackage

/// Building an index and asking it.
enum SearchJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "search-make": make, "search-queries": queries, "search-build": build,
    "search-update": update, "search-ask": ask,
    "search-find": find,
    "search-exact": exact,
  ]

  /// `search-make COUNT FILE CHANGED`: products of Russian text, and a copy in which every hundredth is another one.
  @Sendable private static func make(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let files = try [1, 2].map { FilePath(try BenchUsage.argument(arguments, $0, "FILE")) }
    return try await Work.measure {
      var (shelf, other) = (GeneratedShelf(), GeneratedShelf(seed: 77))
      var (bytes, changed) = ([UInt8](), [UInt8]())
      for number in 0..<count {
        let line = shelf.line(number)
        bytes += line.utf8
        changed += number % 100 == 50 ? Array(other.line(number).utf8) : Array(line.utf8)
      }
      try AtomicFile.write(bytes, to: files[0])
      try AtomicFile.write(changed, to: files[1])
      return (count, bytes.count, count)
    }
  }

  /// `search-queries COUNT PLAIN HARD`: queries as they should be typed, and as they are typed.
  @Sendable private static func queries(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let files = try [1, 2].map { FilePath(try BenchUsage.argument(arguments, $0, "FILE")) }
    return try await Work.measure {
      var shelf = GeneratedShelf(seed: 4711)
      let plain = (0..<count).map { "\($0)\t\(shelf.query())\n" }.joined()
      let hard = (0..<count).map { "\($0)\t\(shelf.hardQuery())\n" }.joined()
      try AtomicFile.write(Array(plain.utf8), to: files[0])
      try AtomicFile.write(Array(hard.utf8), to: files[1])
      return (count, plain.utf8.count, count)
    }
  }

  /// `search-build FILE FOLDER THREADS`: a whole index of a corpus, durable on disk; as `index --corpus --whole` makes it.
  @Sendable private static func build(_ arguments: [String]) async throws -> Work {
    try await index(arguments, isWhole: true)
  }

  /// `search-update FILE FOLDER THREADS`: as `index --corpus` makes it, with what changed beside the base that is there.
  @Sendable private static func update(_ arguments: [String]) async throws -> Work {
    try await index(arguments, isWhole: false)
  }

  private static func index(_ arguments: [String], isWhole: Bool) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    let store = IndexStore(FilePath(try BenchUsage.argument(arguments, 1, "FOLDER")))
    let threads = try BenchUsage.number(arguments, 2, "THREADS")
    return try await Work.measure {
      let corpus = try await CorpusIndexer(
        file, threads: threads, base: isWhole ? nil : store.base(ranking: .standard, synonyms: .starter))
      try store.publish(corpus.content)
      let bytes =
        switch corpus.content {
        case .whole(let segment): segment.count
        case .changes(let changes): changes.segment.count
        }
      return (corpus.documentCount, bytes, corpus.documentCount)
    }
  }

  /// `search-ask FOLDER QUERIES TOP`: the best by words alone, query by query; the line has p50 and p99 too.
  @Sendable private static func ask(_ arguments: [String]) async throws -> Work {
    let searcher = Searcher(try index(arguments))
    let top = try BenchUsage.number(arguments, 2, "TOP")
    return try await timed(try texts(arguments)) { text, analyzer in
      try searcher.search(Query(text, analyzer: &analyzer), top: top).count
    }
  }

  /// `search-find FOLDER QUERIES`: the ten best as `search` finds them, with readings and with titles looked at.
  @Sendable private static func find(_ arguments: [String]) async throws -> Work {
    let finder = try Finder(try index(arguments))
    return try await timed(try texts(arguments)) { text, analyzer in
      try finder.find(SearchRequest(plain: text), top: 10, analyzer: &analyzer).hits.count
    }
  }

  /// `search-exact FOLDER QUERIES`: how many of the ten best are those that every document's score gives.
  ///
  /// The scores of all documents come from the index without bounds: a list as long as the collection has no threshold.
  @Sendable private static func exact(_ arguments: [String]) async throws -> Work {
    let index = try index(arguments)
    let searcher = Searcher(index)
    let texts = try texts(arguments)
    var analyzer = try Analyzer()
    var work = Work(items: 0, bytes: 0, time: .zero)
    for text in texts.prefix(200) {
      let query = try Query(text, analyzer: &analyzer)
      let best = try searcher.search(query, top: 10).map(\.number)
      let all = try searcher.search(query, top: index.documentCount).prefix(10).map(\.number)
      work.items += all.count
      work.check += Set(best).intersection(all).count
    }
    work.time = .seconds(1)
    return work
  }

  private static func index(_ arguments: [String]) throws -> SearchIndex {
    try IndexStore(FilePath(try BenchUsage.argument(arguments, 0, "FOLDER"))).open(.structure)
  }

  private static func texts(_ arguments: [String]) throws -> [String] {
    let file = try BenchUsage.argument(arguments, 1, "QUERIES")
    return try BatchQuery.read(try AtomicFile.read(FilePath(file)), source: file).map(\.text)
  }

  /// Asks every query once to warm up and once with a clock.
  private static func timed(
    _ texts: [String], _ answer: (String, inout Analyzer) throws -> Int
  ) async throws -> Work {
    var analyzer = try Analyzer()
    for text in texts { _ = try answer(text, &analyzer) }
    var times: [Duration] = []
    times.reserveCapacity(texts.count)
    let clock = ContinuousClock()
    var work = try await Work.measure {
      var hits = 0
      for text in texts {
        let start = clock.now
        hits += try answer(text, &analyzer)
        times.append(clock.now - start)
      }
      return (texts.count, 0, hits)
    }
    times.sort()
    work.middle = times[times.count / 2]
    work.slow = times[min(times.count - 1, times.count * 99 / 100)]
    return work
  }
}
