/// Why a file is not a catalog that this version understands.
public struct CatalogFormatError: Error, Sendable, Equatable {
  /// Where: a line and column, or a path inside the document like `/offers/12/prices`.
  public var place: String
  /// What is the case.
  public var message: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - place: Where.
  ///   - message: What is the case.
  public init(_ place: String, _ message: String) {
    self.place = place
    self.message = message
  }
}
