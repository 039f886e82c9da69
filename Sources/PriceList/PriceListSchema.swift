public import XML

/// The schema of a price list, reconstructed from the guide's sample and from feeds that Kaspi takes.
///
/// Kaspi names the address of its schema but nobody has published it; this one is stricter than needed on
/// purpose.
public enum PriceListSchema {
  /// The namespace of every element.
  public static let namespace = "kaspiShopping"

  /// The address that a price list names beside its namespace; never fetched.
  public static let location = "http://kaspi.kz/kaspishopping.xsd"

  /// Judges a price list.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - limit: The number of violations after which the rest is not read any more.
  /// - Returns: Violations in document order, at most `limit`; empty for a valid file.
  /// - Throws: `XMLError` for a file that is not well-formed.
  public static func validate(_ bytes: [UInt8], limit: Int = 1000) throws(XMLError) -> [XMLViolation] {
    let schema = try XMLSchema(Array(text.utf8))
    return try schema.validate(bytes, limit: limit)
  }

  /// Judges a price list in a file, in memory that grows by eight bytes an offer.
  ///
  /// libxml2 keeps some hundred bytes of every SKU to see that none occurs twice. So it judges everything else, and
  /// ``PriceListReader`` sees to the SKUs; where that finds anything to say, libxml2 judges all of it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The number of violations after which the rest is not read any more.
  /// - Returns: Violations in document order, at most `limit`; empty for a valid file.
  /// - Throws: `XMLError` for a file that cannot be read or is not well-formed.
  public static func validate(file path: String, limit: Int = 1000) throws(XMLError) -> [XMLViolation] {
    let schema = try XMLSchema(Array(text.utf8))
    let structure = try XMLSchema(Array(textWithoutUniqueness.utf8))
    let violations = try structure.validate(file: path, limit: limit)
    guard violations.isEmpty, try PriceListReader.hasNothingToSay(file: path) else {
      return try schema.validate(file: path, limit: limit)
    }
    return []
  }

  private static var textWithoutUniqueness: String {
    guard let start = text.firstRange(of: "<xs:unique"), let end = text.firstRange(of: "</xs:unique>") else {
      preconditionFailure("the schema says that SKUs are unique")
    }
    return String(text[..<start.lowerBound] + text[end.upperBound...])
  }

  /// The schema document.
  public static let text = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- RECONSTRUCTED for tests. The published schema (http://kaspi.kz/kaspishopping.xsd) was not available.
         Evidence and doubts: kaspi.md, section 7. Stricter than needed on purpose: our writer must always pass. -->
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="kaspiShopping"
               targetNamespace="kaspiShopping" elementFormDefault="qualified">
      <xs:element name="kaspi_catalog">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="company" type="xs:string"/>
            <xs:element name="merchantid" type="xs:string"/>
            <xs:element name="offers">
              <xs:complexType>
                <xs:sequence>
                  <xs:element name="offer" type="Offer" maxOccurs="unbounded"/>
                </xs:sequence>
              </xs:complexType>
              <xs:unique name="uniqueSku">
                <xs:selector xpath="*"/>
                <xs:field xpath="@sku"/>
              </xs:unique>
            </xs:element>
          </xs:sequence>
          <xs:attribute name="date" type="xs:string"/>
        </xs:complexType>
      </xs:element>
      <xs:complexType name="Offer">
        <xs:sequence>
          <xs:element name="model" type="xs:string"/>
          <xs:element name="brand" type="xs:string" minOccurs="0"/>
          <xs:element name="availabilities" minOccurs="0">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="availability" type="Availability" maxOccurs="unbounded"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
          <xs:choice>
            <xs:element name="price" type="Tenge"/>
            <xs:element name="cityprices">
              <xs:complexType>
                <xs:sequence>
                  <xs:element name="cityprice" maxOccurs="unbounded">
                    <xs:complexType>
                      <xs:simpleContent>
                        <xs:extension base="Tenge">
                          <xs:attribute name="cityId" type="xs:string" use="required"/>
                        </xs:extension>
                      </xs:simpleContent>
                    </xs:complexType>
                  </xs:element>
                </xs:sequence>
              </xs:complexType>
            </xs:element>
          </xs:choice>
        </xs:sequence>
        <xs:attribute name="sku" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:minLength value="1"/>
              <xs:maxLength value="64"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
      </xs:complexType>
      <xs:complexType name="Availability">
        <xs:attribute name="available" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:enumeration value="yes"/>
              <xs:enumeration value="no"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
        <xs:attribute name="storeId" type="xs:string" use="required"/>
        <xs:attribute name="preOrder">
          <xs:simpleType>
            <xs:restriction base="xs:nonNegativeInteger">
              <xs:maxInclusive value="30"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
        <xs:attribute name="stockCount">
          <xs:simpleType>
            <xs:restriction base="xs:decimal">
              <xs:minInclusive value="0"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
      </xs:complexType>
      <xs:simpleType name="Tenge">
        <xs:restriction base="xs:integer">
          <xs:minInclusive value="0"/>
        </xs:restriction>
      </xs:simpleType>
    </xs:schema>

    """
}
