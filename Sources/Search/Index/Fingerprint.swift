/// A number that tells the source of a document, like a line of a file, from any other one.
///
/// Forty bits: enough together with the SKU, which has to be the same too. Two sources of one product that differ
/// have the same number once in 10^12 cases.
public struct Fingerprint: Sendable, Hashable {
  /// Less than 2 to the power of 40.
  let number: UInt64

  /// How sources are read; another number here makes every document another one.
  private static let readingRules: UInt64 = 1

  /// Takes a number as it stands in a segment.
  init(number: UInt64) { self.number = number & 0xFF_FFFF_FFFF }

  /// The fingerprint of a source.
  ///
  /// - Parameter source: All of its bytes.
  init(source: Span<UInt8>) {
    self.init(number: (ByteTable.hash(source) &+ Self.readingRules) &* 0x9E37_79B9_7F4A_7C15 >> 24)
  }

  /// The fingerprint of a document that has no other source.
  ///
  /// - Parameter document: Everything about it counts.
  public init(_ document: SearchDocument) {
    var bytes: [UInt8] = []
    bytes.append(document.kind == .product ? 0 : 1)
    bytes.append(document.isAvailable ? 1 : 0)
    func append(_ text: String?) {
      guard let text else { return bytes.append(0) }
      bytes.append(1)
      bytes.appendText(text)
    }
    func append(_ number: Int?) {
      bytes.append(number == nil ? 0 : 1)
      bytes.append64(UInt64(bitPattern: Int64(number ?? 0)))
    }
    append(document.sku)
    append(document.title)
    append(document.brand)
    append(document.category)
    append(document.price)
    append(document.stock)
    append(document.rating?.hundredths)
    append(document.rating?.count)
    append(document.description)
    append(document.text)
    bytes.append64(UInt64(document.characteristics.count))
    for property in document.characteristics {
      append(property.name)
      append(property.value)
    }
    self.init(source: bytes.span)
  }

  /// Appends it, the lowest byte first.
  func append(to bytes: inout [UInt8]) {
    for byte in 0..<SegmentLayout.fingerprintSize {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)))
    }
  }
}
