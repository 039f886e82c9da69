import Model

/// `feeds/kaspi.xml`: the price list of a version with the version's time in it.
enum FeedFile {
  static let name = "kaspi.xml"

  /// Adds the date to the tracked price list, which has none.
  ///
  /// The served bytes change with versions only, so that a puller that compares them sees an unchanged file.
  ///
  /// - Parameters:
  ///   - priceList: As our writer makes it, without a date.
  ///   - created: The version's time.
  /// - Returns: The same document with the attribute `date` in Almaty time.
  static func bytes(of priceList: [UInt8], created: Instant) -> [UInt8] {
    let root = Array("<kaspi_catalog".utf8)
    guard let start = priceList.firstRange(of: root) else { return priceList }
    let date = Array(" date=\"\(created.almaty)\"".utf8)
    return Array(priceList[..<start.upperBound]) + date + Array(priceList[start.upperBound...])
  }
}
