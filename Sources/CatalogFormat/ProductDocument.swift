public import Model
public import Store

/// A product card as `catalog.json` writes it, for outputs that show one card.
public enum ProductDocument {
  /// The card as a JSON object.
  ///
  /// - Parameter product: Any card.
  /// - Returns: The same members as in `catalog.json`.
  public static func value(of product: Product) -> JSONValue { ProductJSON.value(of: product) }

  /// A whole entry of a catalog as a JSON object.
  ///
  /// - Parameter entry: Any entry.
  /// - Returns: The same members as in `catalog.json`.
  public static func value(of entry: CatalogEntry) -> JSONValue { CatalogJSON.value(of: entry) }
}
