internal import Model
internal import Store
internal import SystemPackage

/// Fetching the pictures themselves, each once and for ever: their names never change.
extension CrawlRun {
  /// Fetches every picture that is not there yet, and writes down which is which.
  ///
  /// - Parameters:
  ///   - wanted: Their addresses.
  ///   - gaps: What did not come is added.
  ///   - folder: The crawl's folder: pictures lie in `images/` below it, `images.json` says which address is which.
  /// - Throws: ``StoreError``, `CancellationError`.
  mutating func readImages(_ wanted: Set<String>, gaps: inout [Gap], in folder: FilePath) async throws {
    guard settings.enrichImages else { return }
    let shelf = Shelves(folder.appending("images"))
    try shelf.takeOver(folder.appending("images").appending("pages"))
    let index = folder.appending("images.json")
    var known = try Self.known(index)
    let missing = wanted.sorted().filter { known[$0] == nil }
    let counter = Counter(phase: .images, total: missing.count, progress)
    let (fetcher, settings) = (fetcher, settings)
    var lost = 0
    try await concurrentEach(missing, width: settings.concurrency) {
      address -> Result<String, Fetcher.Problem> in
      let question = Fetcher.Question(
        surface: .images, address: settings.imageAddress(address), maximumBytes: settings.maximumPageBytes)
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        guard bytes.first != 0x3C else {
          throw PageError(
            code: .blocked, source: address, detail: "a web page came where a picture was expected")
        }
        return bytes
      }
      counter.step()
      switch answer {
      case .success(let answer): return .success(try shelf.keep(answer.value))
      case .failure(let problem): return .failure(problem)
      }
    } take: { index, answer in
      if case .success(let name) = answer { known[missing[index]] = name } else { lost += 1 }
    }
    if lost > 0 {
      gaps.append(
        Gap(kind: .images, source: settings.imageAddress(""), reason: "\(lost) pictures did not come"))
    }
    try AtomicFile.write(
      CanonicalJSON.document(["format": 1, "images": .object(known.mapValues { .string($0) })]), to: index)
  }

  private static func known(_ index: FilePath) throws(StoreError) -> [String: String] {
    guard try Folder.exists(index) else { return [:] }
    let value: JSONValue
    do { value = try JSONValue(parsing: try AtomicFile.read(index)) } catch {
      // Without the list every picture is fetched once more.
      return [:]
    }
    guard value["format"]?.int == 1 else { return [:] }
    return (value["images"]?.object ?? [:]).compactMapValues(\.string)
  }
}

extension CrawlSettings {
  /// Where a picture is fetched from: Kaspi's own host, or the one that stands in for it.
  func imageAddress(_ address: String) -> String {
    let host = "https://resources.cdn-kaspi.kz/img/m/p"
    guard let imageEndpoint, address.isEmpty || address.hasPrefix(host) else { return address }
    return imageEndpoint + address.dropFirst(host.count)
  }
}
