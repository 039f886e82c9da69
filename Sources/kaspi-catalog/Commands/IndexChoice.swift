import ArgumentParser
import Console
import Search
import Store
import SystemPackage

/// Which index a command asks: the shop's own, or one made of a corpus.
struct IndexChoice: ParsableArguments, Sendable {
  @OptionGroup var shop: OneShopOptions

  @Option(help: "Folder of an index made with 'index --corpus'; the shop's own when left out.")
  var index: String?

  /// The folder of the index.
  func folder(_ context: CommandContext) throws -> FilePath {
    if let index { return context.path(index) }
    return try shop.job(context).folders.index
  }

  /// Opens the index that counts.
  func open(_ context: CommandContext) throws -> SearchIndex {
    try IndexStore(try folder(context)).open(.structure)
  }
}
