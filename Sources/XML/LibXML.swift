import CXML

/// What has to be set once in libxml2, and once in each thread that uses it.
package enum LibXML {
  /// Makes the library ready for the calling thread.
  ///
  /// No external entity is ever loaded, and nothing is ever printed by the library itself. Cheap; called
  /// before every parser is made, because a task may run on a thread that libxml2 has not seen.
  static func prepare() {
    once
    shim_xml_silence_thread()
  }

  /// Whether the calling thread's messages go nowhere, for tests.
  package static var isSilentHere: Bool { shim_xml_thread_is_silent() == 1 }

  private static let once: Void = {
    xmlInitParser()
    shim_xml_refuse_external_entities()
    shim_xml_silence_new_threads()
  }()

  /// A copy of a string of the library.
  static func string(_ text: UnsafePointer<UInt8>?) -> String? {
    guard let text = unsafe text else { return nil }
    return unsafe String(cString: text)
  }

  /// The library's words without the line break it puts behind them.
  static func message(_ text: UnsafePointer<CChar>?) -> String {
    guard let text = unsafe text else { return "unknown error" }
    var words = unsafe String(cString: text)
    while let last = words.unicodeScalars.last, last == "\n" || last == " " {
      words.unicodeScalars.removeLast()
    }
    return words
  }
}
