/// Plain XML that comes piece by piece: a window of its bytes moves along, and a ``PlainScanner`` reads in it.
package struct PlainWindow: ~Copyable {
  /// What came of reading one thing.
  package enum Step {
    /// It was read; the next one follows.
    case again
    /// Everything was read.
    case done
    /// It could not be read. When the bytes ran out, it is tried again with more of them.
    case stuck
  }

  private let next: () throws -> [UInt8]
  private let widest: Int
  private var bytes: [UInt8] = []
  private var isWhole = false

  /// Opens a window.
  ///
  /// - Parameters:
  ///   - widest: Bytes that one thing may have at most, about.
  ///   - next: Gives the next bytes; none at the end.
  package init(widest: Int = 8 << 20, _ next: @escaping () throws -> [UInt8]) {
    self.next = next
    self.widest = widest
  }

  /// Reads to the end.
  ///
  /// Lines and columns that the scanner gives are those of the window.
  ///
  /// - Parameter step: Reads one thing; told whether the window holds all that is left. It is asked again for the same
  ///   thing when the bytes ran out, so it may not keep anything of a thing that is stuck.
  /// - Returns: Whether everything was read; `false` for what is not plain.
  /// - Throws: What `next` or `step` throw.
  package mutating func scan(_ step: (inout PlainScanner, _ isWhole: Bool) throws -> Step) throws -> Bool {
    enum Pause { case done, notPlain, hungry(Int) }
    while true {
      let isWhole = isWhole
      let pause: Result<Pause, any Error> = PlainScanner.scan(bytes) { scanner in
        while true {
          let bookmark = scanner.bookmark
          scanner.forgetEnd()
          do {
            switch try step(&scanner, isWhole) {
            case .again: continue
            case .done: return .success(.done)
            case .stuck:
              guard scanner.isAtEnd, !isWhole else { return .success(.notPlain) }
              scanner.rewind(to: bookmark)
              return .success(.hungry(scanner.position))
            }
          } catch { return .failure(error) }
        }
      }
      switch try pause.get() {
      case .done: return true
      case .notPlain: return false
      case .hungry(let position):
        guard bytes.count - position <= widest else { return false }
        let more = try next()
        self.isWhole = more.isEmpty
        bytes.removeSubrange(..<position)
        bytes += more
      }
    }
  }
}
