/// A queue: what comes first leaves first, both in constant time.
struct Fifo<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }
  var count: Int { elements.count - head }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let first = elements[head]
    elements[head] = nil
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return first
  }

  /// Takes out the first element that fits; linear time.
  mutating func remove(where fits: (Element) -> Bool) -> Element? {
    guard let index = elements[head...].firstIndex(where: { $0.map(fits) ?? false }) else { return nil }
    return elements.remove(at: index)
  }
}
