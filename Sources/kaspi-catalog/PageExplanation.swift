import CatalogFormat
import Console
import Crawl
import HTTP
import Model
import Store

/// `crawl --explain`: one page, what was taken out of it, and from where.
struct PageExplanation {
  let jobs: [ShopJob]
  let address: String

  /// Fetches the page as a crawl would, or reads a saved one, and says what it holds.
  func run(_ context: CommandContext) async throws -> ExitStatus {
    guard let job = jobs.first else { return .done }
    let (bytes, place) = try await page(job, context)
    let page: ExtractedPage
    do throws(PageError) { page = try ProductPage.extract(html: bytes, source: place) } catch {
      throw CommandError(
        error.code == .blocked ? .partly : .badInput, what: error.detail, place: place, remedy: error.hint)
    }
    say(page, context.terminal)
    context.terminal.document([
      "format": 1, "url": .string(place), "parser": .integer(ProductPage.parserVersion),
      "city": page.city.map { .string($0.code) } ?? .null,
      "fields": .object(
        Dictionary(uniqueKeysWithValues: page.fields.map { ($0.key.rawValue, .string($0.value.rawValue)) })),
      "product": ProductDocument.value(of: page.product),
      "findings": .array(page.findings.map { CrawlRecordJSON.value(of: $0) }),
    ])
    return .done
  }

  private func say(_ page: ExtractedPage, _ terminal: Terminal) {
    let product = page.product
    for field in PageField.allCases {
      let value: String? =
        switch field {
        case .id: product.id.text
        case .title: product.title
        case .brand: product.brand ?? "none"
        case .categories: product.categories.map(\.title).joined(separator: " › ")
        case .description: product.description.map { "\($0.count) characters" }
        case .characteristics:
          "\(product.characteristics.reduce(0) { $0 + $1.characteristics.count }) in \(product.characteristics.count) groups"
        case .images: "\(product.images.count)"
        case .variants: "\(product.variants.count)"
        case .rating: product.rating.map { $0.stars + ($0.count.map { " of \($0)" } ?? "") }
        case .sale:
          product.sales.sorted { $0.key < $1.key }.map { city, sale in
            switch sale {
            case .price(let price): "\(price.grouped) in \(city)"
            case .soldOut: "sold out in \(city)"
            }
          }.joined(separator: ", ")
        case .city: page.city?.code
        }
      let origin = page.fields[field]?.rawValue ?? "not found"
      let name = field.rawValue + String(repeating: " ", count: max(1, 17 - field.rawValue.count))
      let source = origin + String(repeating: " ", count: max(1, 14 - origin.count))
      terminal.say("\(name)\(source)\(page.fields[field] == nil ? "" : value ?? "")")
    }
    for group in product.characteristics {
      for one in group.characteristics {
        terminal.say(
          "  \(group.name.isEmpty ? "" : group.name + " / ")\(one.name): \(one.values.joined(separator: ", "))"
            + (one.unit.map { " \($0)" } ?? ""))
      }
    }
    for finding in page.findings {
      terminal.say("\(finding.severity.rawValue): \(finding.message) [\(finding.rule)]")
    }
  }

  /// The bytes of a saved page, or of one that is fetched; a short link is followed as far as the shop's hosts reach.
  private func page(_ job: ShopJob, _ context: CommandContext) async throws -> (bytes: [UInt8], place: String)
  {
    if let link = ProductLink(address) {
      let base = URLParts(address)?.origin ?? job.shop.endpoints.shop
      return try await fetch(
        address.contains("://") ? address : link.address(base: base, city: job.shop.city), job)
    }
    if address.contains("://") { return try await fetch(address, job) }
    return (try context.input(context.path(address), maximumBytes: 64 << 20), address)
  }

  private func fetch(_ address: String, _ job: ShopJob) async throws -> (bytes: [UInt8], place: String) {
    let clients = try CrawlStage(job: job).clients()
    var address = address
    do {
      for _ in 0..<4 {
        let response = try await clients.shop.send(
          HTTPRequest(
            "GET", address,
            headers: [
              (name: "User-Agent", value: CrawlSettings.defaultUserAgent),
              (name: "Accept-Language", value: "ru"),
              (name: "Accept", value: "text/html,application/xhtml+xml"),
            ], maximumBytes: 16 << 20))
        if (300..<400).contains(response.status), let target = response.header("Location") {
          // A short link leads to the card; where it leads outside the shop's hosts, the client refuses.
          address = target.contains("://") ? target : (URLParts(address)?.origin ?? "") + target
          if let link = ProductLink(address), let base = URLParts(address)?.origin {
            address = link.address(base: base, city: job.shop.city)
          }
          continue
        }
        guard response.status == 200 else {
          throw CommandError(
            response.status == 403 ? .partly : .temporary,
            what: "status \(response.status) came instead of the page",
            place: address, remedy: "Look at the address in a browser.")
        }
        await clients.close()
        return (response.body, address)
      }
    } catch {
      await clients.close()
      throw error
    }
    await clients.close()
    throw CommandError(
      .temporary, what: "redirected too often", place: address, remedy: "Give the card's own address.")
  }
}
