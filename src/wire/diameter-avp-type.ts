/** How the value of an AVP is read: the data formats of RFC 6733 sections 4.2 and 4.3.1, and what some
 * OctetStrings hold by the standard that defines them. */

export type AvpType =
  | 'OctetString'
  | 'Integer32'
  | 'Integer64'
  | 'Unsigned32'
  | 'Unsigned64'
  | 'Float32'
  | 'Enumerated'
  | 'Grouped'
  | 'Address'
  | 'Time'
  | 'UTF8String'
  | 'DiameterIdentity'
  | 'DiameterURI'
  | 'IPFilterRule'
  /** an OctetString that carries a name or an identifier, which is text in practice */
  | 'Text'
  /** four or sixteen octets of address without a family (RFC 7155 section 4.4.10.5, TS 29.061) */
  | 'RadiusAddress'
  /** reserved octet, prefix length, prefix as far as it goes (RFC 3162 section 2.3) */
  | 'RadiusPrefix'
  /** TBCD-STRING of TS 29.002 */
  | 'Tbcd'
  /** MCC and MNC in three octets (TS 29.272 clause 7.3.9) */
  | 'Plmn'

/** AVP code -> name of the standard and type. */
export type AvpTable = Readonly<Record<number, readonly [name: string, type: AvpType]>>
