extension StringProtocol {
  /// Whether there is anything to see: not only blanks, controls and characters of no width.
  public var hasVisibleText: Bool {
    unicodeScalars.contains { scalar in
      if (0x21...0x7E).contains(scalar.value) { return true }
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate,
        .privateUse:
        return false
      default: return true
      }
    }
  }
}
