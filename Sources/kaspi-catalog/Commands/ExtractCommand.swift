import ArgumentParser
import CatalogFormat
import Console
import Crawl
import Model
import Store

/// `extract`.
struct ExtractCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Say what product a saved page holds.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "A saved product page.")
  var file: String

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let bytes = try context.input(context.path(file), maximumBytes: 64 << 20)
    let page: ExtractedPage
    do throws(PageError) { page = try ProductPage.extract(html: bytes) } catch {
      throw CommandError(
        .badInput, what: error.detail, place: file,
        remedy: "Save the page of one product, as the browser got it.")
    }
    let product = page.product
    let terminal = context.terminal
    terminal.say("\(product.id)  \(product.title)")
    if let brand = product.brand { terminal.say("  brand: \(brand)") }
    if !product.categories.isEmpty {
      terminal.say("  category: \(product.categories.map(\.title).joined(separator: " › "))")
    }
    for (city, sale) in product.sales.sorted(by: { $0.key < $1.key }) {
      switch sale {
      case .price(let price): terminal.say("  price in \(city): \(price.grouped)")
      case .soldOut: terminal.say("  sold out in \(city)")
      }
    }
    if let rating = product.rating {
      terminal.say("  rating: \(rating.stars)" + (rating.count.map { " of \($0)" } ?? ""))
    }
    for group in product.characteristics {
      if !group.name.isEmpty { terminal.say("  \(group.name)") }
      for one in group.characteristics {
        terminal.say(
          "    \(one.name): \(one.values.joined(separator: ", "))" + (one.unit.map { " \($0)" } ?? ""))
      }
    }
    terminal.say("  images: \(product.images.count), variants: \(product.variants.count)")
    for finding in page.findings { terminal.detail("\(finding.message) [\(finding.rule)]") }
    terminal.document([
      "format": 1, "product": ProductDocument.value(of: product),
      "findings": .array(page.findings.map { CrawlRecordJSON.value(of: $0) }),
    ])
    return .done
  }
}
