/// The best few of many: higher scores first, of equal scores the lower document, which has the lesser SKU.
struct TopList {
  /// One candidate.
  struct Entry {
    let score: Double
    let document: Int
    /// Which terms of the query it has, as bits.
    let matched: UInt64

    /// Whether it ranks behind another one.
    func isBehind(_ other: Entry) -> Bool {
      score != other.score ? score < other.score : document > other.document
    }
  }

  private let capacity: Int
  /// A heap whose first entry ranks last.
  private var heap: [Entry] = []

  /// Makes an empty list.
  ///
  /// - Parameter capacity: Most entries; 1 or more.
  init(capacity: Int) { self.capacity = capacity }

  /// The score to beat; `nil` while there is room.
  var threshold: Double? { heap.count < capacity ? nil : heap.first?.score }

  /// Whether a candidate would be taken in.
  func takes(_ entry: Entry) -> Bool {
    guard let last = heap.first, heap.count == capacity else { return true }
    return last.isBehind(entry)
  }

  /// Takes a candidate in, if it is among the best so far.
  mutating func insert(_ entry: Entry) {
    guard let last = heap.first, heap.count == capacity else {
      heap.append(entry)
      return rise()
    }
    guard last.isBehind(entry) else { return }
    heap[0] = entry
    sink()
  }

  /// The entries, best first.
  func sorted() -> [Entry] { heap.sorted { $1.isBehind($0) } }

  private mutating func rise() {
    var place = heap.count - 1
    while place > 0, heap[place].isBehind(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if heap[child].isBehind(heap[least]) { least = child }
      }
      guard least != place else { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
