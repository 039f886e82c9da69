/// The sound of a word in letters that Latin and Cyrillic share, so that наушники, naushniki and naushnyky meet.
///
/// One letter a consonant sound (ш, sh and sch are one), vowels as they sound; hard and soft signs, doubled
/// letters and the glide beside a vowel are left out, because the schemes of transliteration differ in them.
enum Sound {
  /// The sound of a word.
  ///
  /// - Parameters:
  ///   - word: Folded letters, Latin or Cyrillic.
  ///   - softC: Whether a Latin c alone is read as ц instead of к.
  /// - Returns: ASCII; empty for a word without letters of the two scripts.
  static func skeleton(_ word: [UInt8], softC: Bool = false) -> [UInt8] {
    var sounds: [UInt8] = []
    sounds.reserveCapacity(word.count + 8)
    let bytes = word.span
    var place = 0
    while place < bytes.count {
      if bytes[place] < 0x80 {
        place += appendLatin(bytes, place, softC, to: &sounds)
        continue
      }
      let (scalar, width) = Tokenizer.scalar(at: place, in: bytes)
      place += width
      if scalar == 0x439, place < bytes.count {
        let (next, nextWidth) = Tokenizer.scalar(at: place, in: bytes)
        if next == 0x43E {
          sounds.append(E)  // йо
          place += nextWidth
          continue
        }
      }
      appendCyrillic(scalar, to: &sounds)
    }
    return settled(sounds)
  }

  private static func appendCyrillic(_ scalar: UInt32, to sounds: inout [UInt8]) {
    guard scalar >= firstCyrillic, Int(scalar - firstCyrillic) < cyrillic.count else { return }
    let sound = cyrillic[Int(scalar - firstCyrillic)]
    if sound & 0xFF != 0 { sounds.append(UInt8(sound & 0xFF)) }
    if sound >> 8 != 0 { sounds.append(UInt8(sound >> 8)) }
  }

  /// Appends the sound of one or more Latin letters; gives how many were read.
  private static func appendLatin(
    _ word: Span<UInt8>, _ start: Int, _ softC: Bool, to sounds: inout [UInt8]
  ) -> Int {
    if let read = appendCluster(word, start, to: &sounds) { return read }
    switch word[start] {
    case 0x63: sounds.append(softC ? C : K)  // c
    case 0x6A: sounds.append(start == 0 ? J : I)  // j
    case 0x71: sounds.append(K)  // q
    case 0x77: sounds.append(V)  // w
    case 0x78:  // x
      sounds.append(K)
      sounds.append(S)
    case 0x79: sounds.append(I)  // y
    case 0x61...0x7A: sounds.append(word[start])
    default: break
    }
    return 1
  }

  /// Appends the sound that several Latin letters have together, the longest cluster first.
  private static func appendCluster(_ word: Span<UInt8>, _ start: Int, to sounds: inout [UInt8]) -> Int? {
    guard start + 1 < word.count else { return nil }
    func has(_ letter: Unicode.Scalar, _ offset: Int) -> Bool {
      start + offset < word.count && word[start + offset] == UInt8(ascii: letter)
    }
    switch (Unicode.Scalar(word[start]), Unicode.Scalar(word[start + 1])) {
    case ("s", "h"):
      sounds.append(UInt8(ascii: "S"))
      return has("c", 2) && has("h", 3) ? 4 : 2
    case ("s", "c") where has("h", 2):
      sounds.append(UInt8(ascii: "S"))
      return 3
    case ("c", "h"): sounds.append(UInt8(ascii: "X"))
    case ("z", "h"): sounds.append(J)
    case ("k", "h"): sounds.append(UInt8(ascii: "h"))
    case ("t", "s"), ("t", "z"): sounds.append(C)
    case ("y", "a"), ("j", "a"):
      sounds.append(I)
      sounds.append(UInt8(ascii: "a"))
    case ("y", "u"), ("j", "u"):
      sounds.append(I)
      sounds.append(UInt8(ascii: "u"))
    case ("y", "o"), ("j", "o"), ("y", "e"), ("j", "e"): sounds.append(E)
    case ("p", "h"): sounds.append(UInt8(ascii: "f"))
    case ("c", "k"): sounds.append(UInt8(ascii: "k"))
    // зенбук, скутер, зум
    case ("o", "o"): sounds.append(UInt8(ascii: "u"))
    default: return nil
    }
    return 2
  }

  /// Without doubled sounds, with т and с as ц, and without glides beside vowels.
  private static func settled(_ sounds: [UInt8]) -> [UInt8] {
    var joined: [UInt8] = []
    joined.reserveCapacity(sounds.count)
    for sound in sounds {
      if sound == S, joined.last == T {
        joined[joined.count - 1] = C
      } else if joined.last != sound {
        joined.append(sound)
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(joined.count)
    for (index, sound) in joined.enumerated() {
      if sound == I,
        index > 0 && isOpenVowel(joined[index - 1])
          || index + 1 < joined.count && isOpenVowel(joined[index + 1])
      {
        continue
      }
      if result.last != sound { result.append(sound) }
    }
    return result.isEmpty ? joined : result
  }

  /// A vowel other than i.
  private static func isOpenVowel(_ sound: UInt8) -> Bool {
    switch Unicode.Scalar(sound) {
    case "a", "e", "o", "u": true
    default: false
    }
  }

  // ASCII letters; capitals for sounds that Latin writes with several letters.
  private static let (C, E, I, J, K, S, T, V) = (
    UInt8(0x43), UInt8(0x65), UInt8(0x69), UInt8(0x4A), UInt8(0x6B), UInt8(0x73), UInt8(0x74), UInt8(0x76)
  )

  private static let firstCyrillic: UInt32 = 0x430
  /// By letter the first sound and, in the upper byte, the second.
  private static let cyrillic: [UInt16] = {
    let pairs: [(String, String)] = [
      ("а", "a"), ("б", "b"), ("в", "v"), ("г", "g"), ("д", "d"), ("е", "e"), ("ж", "J"), ("з", "z"),
      ("и", "i"),
      ("й", "i"), ("к", "k"), ("л", "l"), ("м", "m"), ("н", "n"), ("о", "o"), ("п", "p"), ("р", "r"),
      ("с", "s"), ("т", "t"), ("у", "u"), ("ф", "f"), ("х", "h"), ("ц", "C"), ("ч", "X"), ("ш", "S"),
      ("щ", "S"), ("ы", "i"), ("э", "e"), ("ю", "iu"), ("я", "ia"), ("ә", "a"), ("ғ", "g"), ("қ", "k"),
      ("ң", "n"), ("ө", "o"), ("ұ", "u"), ("ү", "u"), ("һ", "h"), ("і", "i"),
    ]
    var table = [UInt16](repeating: 0, count: 0xC0)
    for (letter, sound) in pairs {
      for scalar in letter.unicodeScalars {
        var packed = UInt16(0)
        for (number, byte) in sound.utf8.enumerated() { packed |= UInt16(byte) << UInt16(8 * number) }
        table[Int(scalar.value - firstCyrillic)] = packed
      }
    }
    return table
  }()
}
