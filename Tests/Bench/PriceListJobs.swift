import Model
import PriceList
import Store
import SystemPackage

/// Writing, reading and judging price lists.
enum PriceListJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "pricelist-write": write, "pricelist-read": read, "pricelist-validate": validate,
  ]

  /// `pricelist-write COUNT FILE`: generated offers to a durable file.
  @Sendable private static func write(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let file = FilePath(try BenchUsage.argument(arguments, 1, "FILE"))
    let offers = GeneratedOffers.make(count)
    guard let merchant = MerchantID("14000001") else { throw BenchUsage(description: "no merchant") }
    return try await Work.measure {
      let bytes = try PriceListWriter.write(company: "Bench", merchant: merchant, offers: offers)
      try AtomicFile.write(bytes, to: file)
      return (offers.count, bytes.count, offers.count)
    }
  }

  /// `pricelist-read FILE`: a file to offers; checked by the sum of prices.
  @Sendable private static func read(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let bytes = try AtomicFile.read(file, maximumBytes: 1 << 30)
      let reading = try PriceListReader.read(bytes, source: "bench", maximumBytes: 1 << 30)
      let sum = reading.offers.reduce(0) { $0 + ($1.pricing.lowest?.amount ?? 0) }
      return (reading.offers.count, bytes.count, sum)
    }
  }

  /// `pricelist-validate FILE`: a file against the schema.
  @Sendable private static func validate(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let bytes = try AtomicFile.read(file, maximumBytes: 1 << 30)
      return (1, bytes.count, try PriceListSchema.validate(bytes).count)
    }
  }
}
