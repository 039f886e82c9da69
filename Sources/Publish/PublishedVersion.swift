import CatalogFormat
public import Model
import Store

/// The version that is out: its manifest, its digest and its catalog.
public struct PublishedVersion: Sendable, Equatable {
  /// What it is.
  public var manifest: Manifest
  /// SHA-256 of the manifest's bytes.
  public var digest: String
  /// Its catalog.
  public var catalog: Catalog

  /// As the start of a plan.
  public var base: Plan.Base { Plan.Base(version: manifest.version, manifest: digest) }
}

/// Names of the files of a version.
enum VersionFile {
  static let manifest = "manifest.json"
  static let catalogJSON = "catalog.json"
  static let catalogXML = "catalog.xml"
  static let priceList = "pricelist.xml"
  static let changes = "CHANGES.md"
}
