import Testing

@testable import Console

@Suite struct ProgressTests {
  @Test(arguments: [
    (0, 0, Duration.zero, "pages 0"), (5, 0, .seconds(1), "pages 5 5.0/s"),
    (120, 240, .seconds(2), "pages [##########----------] 120/240 60/s 2 s left"),
    (240, 240, .seconds(4), "pages [####################] 240/240 60/s"),
  ])
  func drawsWhatIsKnown(done: Int, total: Int, elapsed: Duration, line: String) {
    #expect(Progress.line(title: "pages", done: done, total: total, elapsed: elapsed, note: "") == line)
  }
}
