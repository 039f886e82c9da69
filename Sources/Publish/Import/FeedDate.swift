public import Model

/// The moment that the `date` attribute of a price list names.
public enum FeedDate {
  /// Reads a date as sellers write it: a day, a time with or without seconds, with or without a zone.
  ///
  /// A time without a zone is Almaty's: the exports are made by programs that run in the shop.
  ///
  /// - Parameter text: The attribute as written.
  /// - Returns: The moment, or `nil` for anything that is no date, like the guide's own `string`.
  public static func instant(_ text: String) -> Instant? {
    let trimmed = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    guard trimmed.utf8.count > 10 else { return Instant(trimmed) }
    let withZone = [trimmed, trimmed.replacing(" ", with: "T")]
    for text in withZone where hasZone(text) { return Instant(text) }
    let local = trimmed.utf8.count == 16 ? trimmed + ":00" : trimmed
    guard let utc = Instant(local + "Z") else { return nil }
    let guess = utc.advanced(by: .seconds(-5 * 3600))
    return utc.advanced(by: .seconds(-60 * AlmatyTime.offsetMinutes(at: guess)))
  }

  private static func hasZone(_ text: String) -> Bool {
    text.hasSuffix("Z") || text.utf8.dropFirst(11).contains { $0 == 0x2B || $0 == 0x2D }
  }
}
