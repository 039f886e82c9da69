/// What spelling looks up.
extension Segment {
  /// Words that are kept for spelling.
  public var wordCount: Int { range(.wordLetters).count / 4 }

  /// A word as it stands in texts, and its term.
  ///
  /// - Parameters:
  ///   - number: Less than ``wordCount``.
  ///   - file: The whole file.
  /// - Returns: UTF-8 and the term's number.
  /// - Throws: ``Damage``.
  func word(_ number: Int, in file: Span<UInt8>) throws(Damage) -> (text: [UInt8], term: Int) {
    let words = file.extracting(range(.words))
    let texts = file.extracting(range(.wordTexts))
    let place = number * SegmentLayout.wordSize
    let start = number == 0 ? 0 : Int(try words.little32(place - SegmentLayout.wordSize))
    let end = Int(try words.little32(place))
    let term = Int(try words.little32(place + 4))
    guard start < end, end <= texts.count else { throw Damage("word \(number) has no text") }
    let stem = try termText(term, in: file)
    let shared = Int(texts[start])
    guard shared <= stem.count else { throw Damage("word \(number) shares more than its term has") }
    var text = Array(stem[..<shared])
    for index in (start + 1)..<end { text.append(texts[index]) }
    return (text, term)
  }

  /// Numbers of the words of one script and length.
  func words(inBucket bucket: Int, in file: Span<UInt8>) throws(Damage) -> Range<Int> {
    let starts = file.extracting(range(.wordStarts))
    let start = Int(try starts.little32(bucket * 4))
    let end = Int(try starts.little32(bucket * 4 + 4))
    guard start <= end, end <= wordCount else { throw Damage("words outside their section") }
    return start..<end
  }

  /// Numbers of the words that sound like this, in the order of the section.
  ///
  /// - Parameters:
  ///   - skeleton: As ``Sound`` gives it; not empty.
  ///   - limit: Most numbers.
  ///   - file: The whole file.
  /// - Returns: Word numbers.
  /// - Throws: ``Damage``.
  func words(
    sounding skeleton: [UInt8], limit: Int, in file: Span<UInt8>
  ) throws(Damage) -> [Int] {
    let order = file.extracting(range(.wordSounds))
    func number(_ place: Int) throws(Damage) -> Int {
      let number = Int(try order.little32(place * 4))
      guard number < wordCount else { throw Damage("a word that does not exist") }
      return number
    }
    var (low, high) = (0, wordCount)
    while low < high {
      let middle = (low + high) / 2
      let sound = Sound.skeleton(try word(number(middle), in: file).text)
      if sound.lexicographicallyPrecedes(skeleton) { low = middle + 1 } else { high = middle }
    }
    var found: [Int] = []
    while low < wordCount, found.count < limit {
      let number = try number(low)
      guard Sound.skeleton(try word(number, in: file).text) == skeleton else { break }
      found.append(number)
      low += 1
    }
    return found
  }
}
