import Model
import Testing

@testable import Notify

/// Draws that are the same in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct QuietHoursTests {
  @Test(arguments: [
    ("2026-11-23T20:59:59+05:00", false), ("2026-11-23T21:00:00+05:00", true),
    ("2026-11-24T00:00:00+05:00", true), ("2026-11-24T08:59:59+05:00", true),
    ("2026-11-24T09:00:00+05:00", false),
  ])
  func spanMidnight(moment: String, isQuiet: Bool) {
    #expect(QuietHours.standard.isQuiet(at: Samples.moment(moment)) == isQuiet)
  }

  @Test(arguments: [
    ("2026-11-23T22:30:00+05:00", "2026-11-24T09:00:00+05:00"),
    ("2026-11-24T03:30:00+05:00", "2026-11-24T09:00:00+05:00"),
    ("2026-12-31T23:59:59+05:00", "2027-01-01T09:00:00+05:00"),
    ("2028-02-28T21:00:00+05:00", "2028-02-29T09:00:00+05:00"),
    ("2024-02-29T22:30:00+06:00", "2024-03-01T09:00:00+05:00"),
    ("2026-11-23T12:00:00+05:00", "2026-11-23T12:00:00+05:00"),
    // The last hour before the clocks went back came twice.
    ("2024-02-29T23:30:00+06:00", "2024-03-01T09:00:00+05:00"),
    ("2024-02-29T23:30:00+05:00", "2024-03-01T09:00:00+05:00"),
  ])
  func endAtTheRightMorning(moment: String, end: String) {
    #expect(QuietHours.standard.end(after: Samples.moment(moment)) == Samples.moment(end))
  }

  @Test func hoursWithinOneDayEndOnThatDay() throws {
    let lunch = try #require(QuietHours(from: "13:00", to: "14:00"))
    #expect(
      lunch.end(after: Samples.moment("2026-11-23T13:30:00+05:00"))
        == Samples.moment("2026-11-23T14:00:00+05:00"))
    #expect(!lunch.isQuiet(at: Samples.moment("2026-11-23T23:00:00+05:00")))
  }

  @Test func equalTimesAreNeverQuiet() throws {
    let none = try #require(QuietHours(from: "09:00", to: "09:00"))
    #expect(!none.isQuiet(at: Samples.moment("2026-11-23T09:00:00+05:00")))
  }

  @Test(arguments: ["9:00", "24:00", "21:60", "21-00", "", "+1:00"])
  func refusesTimesThatNoClockShows(text: String) {
    #expect(QuietHours(from: text, to: "09:00") == nil)
  }

  /// Of the hour that came twice in 2024 both parts are quiet where it is, and the first end is taken.
  @Test(arguments: [
    ("23:10", "23:40", "2024-02-29T23:20:00+06:00", "2024-02-29T23:40:00+06:00"),
    ("23:10", "23:40", "2024-02-29T23:20:00+05:00", "2024-02-29T23:40:00+05:00"),
    // Half past eleven is quiet, and then it is eleven again.
    ("23:30", "00:10", "2024-02-29T23:45:00+06:00", "2024-02-29T23:00:00+05:00"),
    ("23:30", "00:10", "2024-02-29T23:45:00+05:00", "2024-03-01T00:10:00+05:00"),
  ])
  func theHourThatCameTwice(from: String, to: String, moment: String, end: String) throws {
    let hours = try #require(QuietHours(from: from, to: to))
    #expect(hours.end(after: Samples.moment(moment)) == Samples.moment(end))
  }

  /// The end is the first moment that is not quiet, for many hours around the zone change and the year's end.
  @Test(arguments: ["2024-02-28", "2026-12-30"])
  func theEndIsTheFirstFreeMinute(start: String) throws {
    var random = Seeded(state: 7)
    for _ in 0..<60 {
      let from = Int.random(in: 0..<1440, using: &random)
      let to = Int.random(in: 0..<1440, using: &random)
      func clock(_ minute: Int) -> String {
        "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
      }
      let hours = try #require(QuietHours(from: clock(from), to: clock(to)))
      let at = Samples.moment(start).advanced(by: .seconds(60 * Int.random(in: 0..<4320, using: &random)))
      let end = hours.end(after: at)
      #expect(end >= at && !hours.isQuiet(at: end), "\(hours) \(at)")
      for minute in 0..<Int(end.since(at).components.seconds / 60) {
        #expect(hours.isQuiet(at: at.advanced(by: .seconds(60 * minute))), "\(hours) \(at) \(minute)")
      }
      if end > at { #expect(hours.isQuiet(at: end.advanced(by: .milliseconds(-1))), "\(hours) \(at)") }
      // On the day that had 25 hours one may have to wait an hour longer.
      #expect(end.since(at) <= .seconds(90_000))
    }
  }
}

@Suite struct PacingTests {
  let pacing = Pacing(
    gap: .seconds(30) ... .seconds(60), block: 3, blockPause: .seconds(300) ... .seconds(600), hourly: 5,
    daily: 8,
    dailyNew: 2)

  func attempts(_ secondsAgo: [Int], isNew: Bool = false) -> [SendAttempt] {
    secondsAgo.map { SendAttempt(at: Samples.noon.advanced(by: .seconds(-$0)), isNew: isNew) }
  }

  func ask(_ history: [SendAttempt], isNew: Bool = false, pacing: Pacing? = nil) -> Pacing.Permission {
    var random = Seeded(state: 1)
    return (pacing ?? self.pacing).permission(
      now: Samples.noon, isNew: isNew, history: history, random: &random)
  }

  @Test func theFirstGoesAtOnce() { #expect(ask([]) == .now) }

  @Test func keepsAGapWithinItsRange() throws {
    guard case .wait(let until, .gap) = ask(attempts([0])) else {
      Issue.record("no gap")
      return
    }
    #expect((Duration.seconds(30) ... .seconds(60)).contains(until.since(Samples.noon)))
    #expect(ask(attempts([60])) == .now)
  }

  @Test func restsLongerAfterABlock() {
    guard case .wait(_, .blockPause) = ask(attempts([200, 150, 100])) else {
      Issue.record("no long pause")
      return
    }
    #expect(ask(attempts([900, 800, 700])) == .now)
  }

  @Test func keepsTheHourlyCap() {
    let history = attempts([3500, 3000, 2000, 1500, 700])
    #expect(ask(history) == .wait(until: Samples.noon.advanced(by: .seconds(100)), .hourly))
  }

  @Test func keepsTheDailyCapUntilAlmatysMidnight() {
    let history = attempts([9, 8, 7, 6, 5, 4, 3, 2].map { $0 * 4000 })
    #expect(ask(history) == .wait(until: Samples.moment("2026-11-24"), .daily))
    #expect(
      ask(attempts([13, 14, 15, 16, 17, 18, 19, 20].map { $0 * 3600 })) == .now, "yesterday does not count")
  }

  @Test func countsNewPeopleApart() {
    let history = attempts([8000, 4000], isNew: true)
    #expect(ask(history, isNew: true) == .wait(until: Samples.moment("2026-11-24"), .dailyNew))
    #expect(ask(history, isNew: false) == .now)
  }

  @Test func zeroCapsSendNothingAndZeroPausesNeverWait() {
    var closed = Pacing.unlimited
    closed.hourly = 0
    #expect(ask([], pacing: closed) == .wait(until: Samples.noon.advanced(by: .seconds(3600)), .hourly))
    #expect(ask(attempts([0, 0, 0]), pacing: .unlimited) == .now)
  }

  @Test func typesAsLongAsAQuickWriter() {
    #expect(pacing.typingTime(for: "x") == .seconds(2))
    #expect(pacing.typingTime(for: String(repeating: "x", count: 200)) == .seconds(3))
    #expect(pacing.typingTime(for: String(repeating: "x", count: 2000)) == .seconds(5))
    #expect(Pacing.unlimited.typingTime(for: "x") == .zero)
  }
}
