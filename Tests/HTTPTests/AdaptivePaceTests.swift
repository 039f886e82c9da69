import Testing

@testable import HTTP

@Suite struct AdaptivePaceTests {
  private func pace(_ answers: [(Int?, Duration)]) -> AdaptivePace {
    var pace = AdaptivePace()
    for (status, time) in answers { pace.learn(status: status, time: time) }
    return pace
  }

  @Test(
    arguments: [
      (200, 1.0), (404, 1.0), (304, 1.0), (429, 2.0), (503, 2.0), (500, 1.5), (502, 1.5), (nil, 1.5),
    ] as [(Int?, Double)])
  func oneAnswer(status: Int?, factor: Double) {
    #expect(pace([(status, .milliseconds(10))]).factor == factor)
  }

  @Test func neverGoesBeyondTheSlowest() {
    for status in [429, 500, nil] {
      let pace = pace(Array(repeating: (status, .seconds(30)), count: 100))
      #expect(pace.factor == AdaptivePace.slowest)
    }
  }

  @Test func comesBackWithGoodAnswersAndNotBelowOne() {
    var pace = pace([(429, .zero), (429, .zero)])
    var last = pace.factor
    #expect(last == 4)
    for _ in 0..<200 {
      pace.learn(status: 200, time: .milliseconds(10))
      #expect(pace.factor <= last && pace.factor >= 1)
      last = pace.factor
    }
    #expect(last == 1)
    #expect(pace.slack(for: .seconds(1)) == .zero)
  }

  /// A slow answer is one of more than a second that took three times as long as usual: either alone is not enough.
  @Test(arguments: [
    (100, 900, false), (100, 1_100, true), (500, 1_400, false), (500, 1_600, true), (2_000, 5_000, false),
  ])
  func slowAnswers(usual: Int, time: Int, isSlow: Bool) {
    var pace = pace(Array(repeating: (200, .milliseconds(usual)), count: 20))
    pace.learn(status: 200, time: .milliseconds(time))
    #expect((pace.factor > 1) == isSlow)
  }

  @Test func aServerInTroubleDoesNotBecomeTheNorm() {
    var pace = pace(Array(repeating: (200, .milliseconds(100)), count: 20))
    for _ in 0..<10 { pace.learn(status: 200, time: .seconds(4)) }
    #expect(pace.factor == AdaptivePace.slowest)
  }

  @Test func theFirstAnswerIsNeverSlow() {
    #expect(pace([(200, .seconds(60))]).factor == 1)
  }

  @Test func slackGrowsWithTheDistance() {
    let pace = pace([(429, .zero)])
    #expect(pace.slack(for: .seconds(2)) == .seconds(2))
    #expect(pace.slack(for: .zero) == .milliseconds(100), "a surface without a distance gets one")
    #expect(AdaptivePace().slack(for: .seconds(2)) == .zero)
  }
}
