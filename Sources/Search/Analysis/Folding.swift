/// Brings letters and digits to the form in which they are compared.
///
/// Small letters; ё becomes е; Latin letters lose their diacritics; digits of any script become ASCII.
/// Kazakh letters stay: what buyers type instead of them is an extra form of the word (see ``Analyzer``).
enum Folding {
  /// Appends the folded form of a letter or digit.
  ///
  /// - Parameters:
  ///   - scalar: A letter or digit.
  ///   - output: UTF-8 that the form is appended to.
  static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case 0x61...0x7A, 0x30...0x39: output.append(UInt8(truncatingIfNeeded: scalar))
    case 0x41...0x5A: output.append(UInt8(truncatingIfNeeded: scalar) + 0x20)
    case 0x451, 0x401: appendTwo(0x435, to: &output)
    case 0x410...0x42F: appendTwo(scalar + 0x20, to: &output)
    case 0x430...0x45F: appendTwo(scalar, to: &output)
    case 0x400...0x40F: appendTwo(scalar + 0x50, to: &output)
    case 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: appendTwo(scalar | 1, to: &output)
    case 0xB2, 0xB3: output.append(UInt8(truncatingIfNeeded: scalar - 0xB2) + 0x32)
    case 0xB9: output.append(0x31)
    case 0xFF21...0xFF3A: output.append(UInt8(truncatingIfNeeded: scalar - 0xFF21) + 0x61)
    case 0xFF41...0xFF5A: output.append(UInt8(truncatingIfNeeded: scalar - 0xFF41) + 0x61)
    default: appendByProperties(scalar, to: &output)
    }
  }

  /// Joins a combining mark to what stands before it: и and a breve are й; any other mark is dropped.
  ///
  /// - Parameters:
  ///   - scalar: A combining mark.
  ///   - output: Folded UTF-8 whose last letter the mark belongs to.
  static func appendMark(_ scalar: UInt32, to output: inout [UInt8]) {
    guard scalar == 0x306, output.count >= 2, output[output.count - 1] == 0xB8,
      output[output.count - 2] == 0xD0
    else { return }
    output[output.count - 1] = 0xB9
  }

  private static func appendTwo(_ scalar: UInt32, to output: inout [UInt8]) {
    output.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }

  private static func appendByProperties(_ value: UInt32, to output: inout [UInt8]) {
    guard let scalar = Unicode.Scalar(value) else { return }
    let properties = scalar.properties
    if properties.generalCategory == .decimalNumber, let number = properties.numericValue {
      output.append(0x30 + UInt8(min(max(number, 0), 9)))
      return
    }
    for small in properties.lowercaseMapping.unicodeScalars {
      // The dot of İ in small letters is a mark of its own.
      if (0x300...0x36F).contains(small.value) { continue }
      if let plain = plainLatin[small.value] {
        output.append(contentsOf: plain)
      } else {
        output.append(contentsOf: Unicode.Scalar(small).utf8Bytes)
      }
    }
  }

  private static let plainLatin: [UInt32: [UInt8]] = {
    let table: [(String, String)] = [
      ("àáâãäåāăą", "a"), ("çćĉċč", "c"), ("ďđð", "d"), ("èéêëēĕėęě", "e"), ("ĝğġģ", "g"), ("ĥħ", "h"),
      ("ìíîïĩīĭįı", "i"), ("ĵ", "j"), ("ķ", "k"), ("ĺļľŀł", "l"), ("ñńņňŋ", "n"), ("òóôõöøōŏő", "o"),
      ("ŕŗř", "r"), ("śŝşšșſ", "s"), ("ţťŧț", "t"), ("ùúûüũūŭůűų", "u"), ("ŵ", "w"), ("ýÿŷ", "y"),
      ("źżž", "z"), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th"),
    ]
    var plain: [UInt32: [UInt8]] = [:]
    for (letters, base) in table {
      for letter in letters.unicodeScalars { plain[letter.value] = Array(base.utf8) }
    }
    return plain
  }()
}

extension Unicode.Scalar {
  /// The scalar as UTF-8.
  fileprivate var utf8Bytes: [UInt8] { Array(String(self).utf8) }
}
