public import Model
import Store

/// `manifest.json`: what a version is, where it comes from, and what its files must be.
public struct Manifest: Sendable, Equatable {
  /// The number of the format; a reader refuses any other.
  public static let format = 1

  /// The version's number, 1 or more.
  public var version: Int
  /// The version before and the SHA-256 of its manifest, or `nil` for the first.
  public var parent: Plan.Base?
  /// When it was made.
  public var created: Instant
  /// Every other file of the version, sorted by name.
  public var files: [File]
  /// Offers on sale, withdrawn, held back.
  public var counts: Counts
  /// Where the facts come from.
  public var sources: [SourceSummary]
  /// Rules that an approval lifted, by name; empty for an ordinary night.
  public var approved: [String]
  /// The version whose content this one repeats, or `nil` for all but a restored one.
  public var restored: Int?
  /// Digest of the price rules between catalog and price list, or `nil` for none.
  public var priceRules: String?

  /// One file of a version.
  public struct File: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Bytes.
    public var size: Int
    /// SHA-256 in hexadecimal.
    public var digest: String
  }

  /// How many offers stand where.
  public struct Counts: Sendable, Equatable {
    /// Offered.
    public var offered: Int
    /// Withdrawn, still in the price list as not available.
    public var withdrawn: Int
    /// Held back by name.
    public var heldBack: Int
  }

  /// Canonical JSON.
  public var document: [UInt8] {
    var members: [String: JSONValue] = [
      "format": .integer(Self.format), "version": .integer(version), "created": .string(created.description),
      "parent": parent.map { ["version": .integer($0.version), "manifest": .string($0.manifest)] } ?? .null,
      "files": .array(
        files.map { ["name": .string($0.name), "size": .integer($0.size), "sha256": .string($0.digest)] }),
      "counts": [
        "offered": .integer(counts.offered), "withdrawn": .integer(counts.withdrawn),
        "held_back": .integer(counts.heldBack),
      ],
      "sources": .array(
        sources.map { source in
          var members: [String: JSONValue] = [
            "kind": .string(source.kind), "source": .string(source.source), "offers": .integer(source.offers),
          ]
          if let digest = source.digest { members["sha256"] = .string(digest) }
          return .object(members)
        }),
      "approved": .array(approved.map { .string($0) }),
    ]
    if let priceRules { members["price_rules"] = .string(priceRules) }
    if let restored { members["restored"] = .integer(restored) }
    return CanonicalJSON.document(.object(members))
  }

  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - bytes: A whole file.
  ///   - path: For the error.
  /// - Returns: The manifest.
  /// - Throws: ``PublishError`` with code `damaged` for anything that is not a manifest of this format.
  public static func decode(_ bytes: [UInt8], path: String) throws(PublishError) -> Manifest {
    func damaged(_ what: String) -> PublishError {
      PublishError(
        .damaged, what: "the manifest is damaged: \(what)", place: path, remedy: "Run 'kaspi-catalog verify'."
      )
    }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch { throw damaged(error.message) }
    guard let format = value["format"]?.int else { throw damaged("no format") }
    guard format == Self.format else { throw damaged("format \(format) is unknown to this version") }
    guard let version = value["version"]?.int, version > 0,
      let created = value["created"]?.string.flatMap({ Instant($0) }), let files = value["files"]?.array,
      let offered = value["counts"]?["offered"]?.int, let withdrawn = value["counts"]?["withdrawn"]?.int,
      let held = value["counts"]?["held_back"]?.int, let sources = value["sources"]?.array
    else { throw damaged("a member is missing") }
    var manifest = Manifest(
      version: version, parent: nil, created: created, files: [],
      counts: Counts(offered: offered, withdrawn: withdrawn, heldBack: held), sources: [],
      approved: (value["approved"]?.array ?? []).compactMap(\.string), restored: value["restored"]?.int,
      priceRules: value["price_rules"]?.string)
    for file in files {
      guard let name = file["name"]?.string, let size = file["size"]?.int, let digest = file["sha256"]?.string
      else { throw damaged("a file without name, size or digest") }
      manifest.files.append(File(name: name, size: size, digest: digest))
    }
    for source in sources {
      guard let kind = source["kind"]?.string, let name = source["source"]?.string,
        let offers = source["offers"]?.int
      else { throw damaged("a source without kind or address") }
      manifest.sources.append(
        SourceSummary(kind: kind, source: name, digest: source["sha256"]?.string, offers: offers))
    }
    if let parent = value["parent"], parent != .null {
      guard let number = parent["version"]?.int, let digest = parent["manifest"]?.string else {
        throw damaged("a parent without version or digest")
      }
      manifest.parent = Plan.Base(version: number, manifest: digest)
    }
    return manifest
  }
}
