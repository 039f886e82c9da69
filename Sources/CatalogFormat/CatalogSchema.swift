import XML

/// The schema of `catalog.xml`, format 1.
///
/// The same text stands as a file beside the documentation, for validators of other people; a test holds the two equal.
public enum CatalogSchema {
  /// Checks a document.
  ///
  /// - Parameter bytes: A whole file.
  /// - Returns: Messages with line and column in front; empty when it is valid.
  /// - Throws: ``CatalogFormatError`` when it is not XML at all.
  public static func violations(in bytes: [UInt8]) throws(CatalogFormatError) -> [String] {
    do throws(XMLError) {
      return try XMLSchema(Array(text.utf8)).validate(bytes).map { "\($0.line):\($0.column): \($0.message)" }
    } catch {
      throw CatalogFormatError("line \(error.line ?? 0), column \(error.column ?? 0)", error.message)
    }
  }

  // swift-format-ignore
  /// The schema as XML.
  public static let text = #"""
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- catalog.xml, format 1. The same facts as catalog.json; offers are sorted by SKU. -->
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:kaspi-catalog:1"
               targetNamespace="urn:kaspi-catalog:1" elementFormDefault="qualified">
      <xs:element name="catalog">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="company" type="xs:string"/>
            <xs:element name="merchant" type="Text"/>
            <xs:element name="offers">
              <xs:complexType>
                <xs:sequence><xs:element name="offer" type="Offer" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
              </xs:complexType>
              <xs:unique name="uniqueSku"><xs:selector xpath="*"/><xs:field xpath="@sku"/></xs:unique>
            </xs:element>
          </xs:sequence>
        </xs:complexType>
      </xs:element>
      <xs:complexType name="Offer">
        <xs:sequence>
          <xs:element name="model" type="xs:string"/>
          <xs:element name="brand" type="Text" minOccurs="0"/>
          <xs:element name="prices">
            <xs:complexType>
              <xs:sequence>
                <!-- One price without a city holds everywhere; otherwise every price names its city. -->
                <xs:element name="price" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:simpleContent>
                      <xs:extension base="Tenge"><xs:attribute name="city" type="City"/></xs:extension>
                    </xs:simpleContent>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
          <xs:element name="stock" minOccurs="0">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="store" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:attribute name="id" type="Text" use="required"/>
                    <xs:attribute name="available" type="xs:boolean" use="required"/>
                    <xs:attribute name="count" type="xs:nonNegativeInteger"/>
                    <xs:attribute name="preorder" type="xs:positiveInteger"/>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
          <xs:element name="product" type="Product" minOccurs="0"/>
        </xs:sequence>
        <xs:attribute name="sku" type="Text" use="required"/>
        <!-- Since this day the offer is kept as not available. -->
        <xs:attribute name="withdrawn" type="xs:date"/>
        <!-- The card's number where it is not that of the product element. -->
        <xs:attribute name="product" type="Text"/>
      </xs:complexType>
      <xs:complexType name="Product">
        <xs:sequence>
          <xs:element name="title" type="xs:string"/>
          <xs:element name="brand" type="xs:string" minOccurs="0"/>
          <!-- From the broadest to the narrowest. -->
          <xs:element name="category" minOccurs="0" maxOccurs="unbounded">
            <xs:complexType>
              <xs:simpleContent>
                <xs:extension base="xs:string"><xs:attribute name="code" type="xs:string"/></xs:extension>
              </xs:simpleContent>
            </xs:complexType>
          </xs:element>
          <xs:element name="description" type="xs:string" minOccurs="0"/>
          <xs:element name="group" minOccurs="0" maxOccurs="unbounded">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="characteristic" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:sequence><xs:element name="value" type="xs:string" maxOccurs="unbounded"/></xs:sequence>
                    <xs:attribute name="code" type="xs:string"/>
                    <xs:attribute name="name" type="xs:string" use="required"/>
                    <xs:attribute name="unit" type="xs:string"/>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="name" type="xs:string" use="required"/>
            </xs:complexType>
          </xs:element>
          <xs:element name="image" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
          <xs:element name="variant" minOccurs="0" maxOccurs="unbounded">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="choice" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:simpleContent>
                      <xs:extension base="xs:string"><xs:attribute name="name" type="xs:string" use="required"/></xs:extension>
                    </xs:simpleContent>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="product" type="Text" use="required"/>
              <xs:attribute name="available" type="xs:boolean"/>
            </xs:complexType>
          </xs:element>
          <!-- Volatile: refreshed with the next real change, never a version by itself. -->
          <xs:element name="rating" minOccurs="0">
            <xs:complexType>
              <xs:attribute name="hundredths" type="xs:nonNegativeInteger" use="required"/>
              <xs:attribute name="count" type="xs:nonNegativeInteger"/>
            </xs:complexType>
          </xs:element>
          <!-- Volatile: a price, or "sold out". -->
          <xs:element name="sale" minOccurs="0" maxOccurs="unbounded">
            <xs:complexType>
              <xs:simpleContent>
                <xs:extension base="xs:string"><xs:attribute name="city" type="City" use="required"/></xs:extension>
              </xs:simpleContent>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attribute name="id" type="Text" use="required"/>
      </xs:complexType>
      <xs:simpleType name="Text">
        <xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="City">
        <xs:restriction base="xs:string"><xs:pattern value="[0-9]{9}"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Tenge">
        <xs:restriction base="xs:integer"><xs:minInclusive value="1"/><xs:maxInclusive value="999999999"/></xs:restriction>
      </xs:simpleType>
    </xs:schema>

    """#
}
