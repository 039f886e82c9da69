import Testing

@testable import Model

@Suite struct InstantTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-23T21:00:00+05:00", 1_795_449_600_000),
    ("2026-11-23T16:00Z", 1_795_449_600_000), ("2026-11-23 16:00:00.250Z", 1_795_449_600_250),
    ("2024-02-29T18:00:00Z", 1_709_229_600_000), ("1969-12-31T23:59:59Z", -1000),
  ])
  func readsWhatPeopleWrite(text: String, milliseconds: Int64) {
    #expect(Instant(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-31", "2026-13-01", "2025-02-29", "2026-11-23T24:00Z", "2026-11-23T10:00", "now",
  ])
  func refusesWhatNoCalendarHas(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test func printsAlmatyTimeOnBothSidesOfTheZoneChange() {
    #expect(Instant(milliseconds: 1_709_229_599_000).almaty == "2024-02-29T23:59:59+06:00")
    #expect(Instant(milliseconds: 1_709_229_600_000).almaty == "2024-02-29T23:00:00+05:00")
    #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    #expect(Instant(milliseconds: 7).description == "1970-01-01T00:00:00.007Z")
    #expect(Day(year: 987, month: 6, day: 5)?.description == "0987-06-05")
  }

  @Test func daysRunThroughFourCenturies() {
    for number in stride(from: -200_000, through: 200_000, by: 7) {
      let day = Day(number: number)
      let (year, month, dayOfMonth) = day.parts
      #expect(Day(year: year, month: month, day: dayOfMonth) == day)
      #expect(Day(day.description) == day)
    }
  }
}
