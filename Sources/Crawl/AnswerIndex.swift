internal import Store
internal import Synchronization

/// Where the answers of a journal stand, by the names of their requests: a few dozen bytes an answer, whatever is in it.
///
/// A name is held as 128 bits of hash. The line itself says whose answer it is, so two names that share a hash cost a
/// question and never an answer.
struct AnswerIndex: Sendable {
  /// A request's name, shortened; good within one process.
  private struct Key: Sendable, Hashable {
    var low: Int
    var high: Int

    init(_ name: String) {
      var hasher = Hasher()
      hasher.combine(name)
      low = hasher.finalize()
      hasher = Hasher()
      hasher.combine(0x6B61_7370)
      hasher.combine(name)
      high = hasher.finalize()
    }
  }

  private struct Place: Sendable {
    var start: Int
    var length: UInt32
  }

  private var places: [Key: Place] = [:]

  /// Nothing.
  init() {}

  /// The line of a name's last answer, or `nil`.
  subscript(name: String) -> Range<Int>? {
    get {
      places[Key(name)].map { $0.start..<$0.start + Int($0.length) }
    }
    set {
      places[Key(name)] = newValue.map { Place(start: $0.lowerBound, length: UInt32(clamping: $0.count)) }
    }
  }

  /// Where every answer stands, in the order of the file.
  var lines: [Range<Int>] {
    places.values.map { $0.start..<$0.start + Int($0.length) }.sorted { $0.lowerBound < $1.lowerBound }
  }
}
