import ArgumentParser

/// How a crawl differs from the usual one.
struct CrawlOptions: ParsableArguments, Sendable {
  @Flag(
    help: """
      Ask only for pages whose offer has moved, and a rotating share of the others; every page is read at least once \
      in `enrich.refresh`.
      """)
  var changed = false

  @Option(help: "Ask for so many pages at most; new and moved ones first.")
  var budget: Int?

  @Option(
    help:
      "Keep all answers in a folder, without secrets and people, so that the crawl can be run again offline.")
  var record: String?

  @Option(help: "Run on recorded answers instead of the network.")
  var replay: String?

  init() {}

  func validate() throws {
    if let budget, budget < 0 { throw ValidationError("--budget is 0 or more") }
    if record != nil, replay != nil { throw ValidationError("--record and --replay exclude each other") }
  }
}
