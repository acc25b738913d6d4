/** Names and forms of RADIUS attributes. Read RFC 2865 section 5.44, RFC 2866 section 5.13, RFC 2869, RFC 3162,
 * RFC 4372 (89), RFC 4818 (123), RFC 5176 (101), RFC 6911, and 3GPP TS 29.061 clause 16.4.7. What is secret
 * (User-Password, CHAP-Password, keys) has a name and no form: nobody shows it. */

/** How a value is read: text; octets as hex; a number of one to four octets; seconds since 1970; an address;
 * a prefix (RFC 3162 section 2.3); nothing. */
export type RadiusForm =
  | 'text'
  | 'octets'
  | 'number'
  | 'time'
  | 'ipv4'
  | 'ipv6'
  | 'prefix'
  | 'secret'

export type RadiusAttribute = readonly [name: string, form: RadiusForm]

/** Attributes that the message model reads, by number. */
export const RadiusType = {
  UserName: 1,
  NasIpAddress: 4,
  NasPort: 5,
  ServiceType: 6,
  FramedIpAddress: 8,
  Class: 25,
  CalledStationId: 30,
  CallingStationId: 31,
  NasIdentifier: 32,
  AcctStatusType: 40,
  AcctDelayTime: 41,
  AcctInputOctets: 42,
  AcctOutputOctets: 43,
  AcctSessionId: 44,
  AcctSessionTime: 46,
  AcctInputPackets: 47,
  AcctOutputPackets: 48,
  AcctTerminateCause: 49,
  AcctMultiSessionId: 50,
  AcctInputGigawords: 52,
  AcctOutputGigawords: 53,
  EventTimestamp: 55,
  NasPortType: 61,
  NasIpv6Address: 95,
  FramedIpv6Prefix: 97,
  DelegatedIpv6Prefix: 123,
  FramedIpv6Address: 168,
} as const

export const radiusAttributes: Readonly<Partial<Record<number, RadiusAttribute>>> = {
  1: ['User-Name', 'text'],
  2: ['User-Password', 'secret'],
  3: ['CHAP-Password', 'secret'],
  4: ['NAS-IP-Address', 'ipv4'],
  5: ['NAS-Port', 'number'],
  6: ['Service-Type', 'number'],
  7: ['Framed-Protocol', 'number'],
  8: ['Framed-IP-Address', 'ipv4'],
  9: ['Framed-IP-Netmask', 'ipv4'],
  11: ['Filter-Id', 'text'],
  12: ['Framed-MTU', 'number'],
  18: ['Reply-Message', 'text'],
  24: ['State', 'octets'],
  25: ['Class', 'octets'],
  27: ['Session-Timeout', 'number'],
  28: ['Idle-Timeout', 'number'],
  30: ['Called-Station-Id', 'text'],
  31: ['Calling-Station-Id', 'text'],
  32: ['NAS-Identifier', 'text'],
  40: ['Acct-Status-Type', 'number'],
  41: ['Acct-Delay-Time', 'number'],
  42: ['Acct-Input-Octets', 'number'],
  43: ['Acct-Output-Octets', 'number'],
  44: ['Acct-Session-Id', 'text'],
  45: ['Acct-Authentic', 'number'],
  46: ['Acct-Session-Time', 'number'],
  47: ['Acct-Input-Packets', 'number'],
  48: ['Acct-Output-Packets', 'number'],
  49: ['Acct-Terminate-Cause', 'number'],
  50: ['Acct-Multi-Session-Id', 'text'],
  51: ['Acct-Link-Count', 'number'],
  52: ['Acct-Input-Gigawords', 'number'],
  53: ['Acct-Output-Gigawords', 'number'],
  55: ['Event-Timestamp', 'time'],
  60: ['CHAP-Challenge', 'secret'],
  61: ['NAS-Port-Type', 'number'],
  79: ['EAP-Message', 'octets'],
  80: ['Message-Authenticator', 'octets'],
  85: ['Acct-Interim-Interval', 'number'],
  87: ['NAS-Port-Id', 'text'],
  88: ['Framed-Pool', 'text'],
  89: ['Chargeable-User-Identity', 'octets'],
  95: ['NAS-IPv6-Address', 'ipv6'],
  96: ['Framed-Interface-Id', 'octets'],
  97: ['Framed-IPv6-Prefix', 'prefix'],
  100: ['Framed-IPv6-Pool', 'text'],
  101: ['Error-Cause', 'number'],
  123: ['Delegated-IPv6-Prefix', 'prefix'],
  168: ['Framed-IPv6-Address', 'ipv6'],
  169: ['DNS-Server-IPv6-Address', 'ipv6'],
}

/** 3GPP's attributes that the message model reads, by number. */
export const Radius3gpp = {
  Imsi: 1,
  ChargingId: 2,
  PdpType: 3,
  ChargingGatewayAddress: 4,
  SgsnAddress: 6,
  GgsnAddress: 7,
  ImsiMccMnc: 8,
  GgsnMccMnc: 9,
  Nsapi: 10,
  SessionStopIndicator: 11,
  SelectionMode: 12,
  ChargingCharacteristics: 13,
  ChargingGatewayIpv6Address: 14,
  SgsnIpv6Address: 15,
  GgsnIpv6Address: 16,
  SgsnMccMnc: 18,
  TeardownIndicator: 19,
  Imeisv: 20,
  RatType: 21,
  UserLocationInfo: 22,
} as const

export const radius3gppAttributes: Readonly<Partial<Record<number, RadiusAttribute>>> = {
  1: ['3GPP-IMSI', 'text'],
  2: ['3GPP-Charging-ID', 'number'],
  3: ['3GPP-PDP-Type', 'number'],
  4: ['3GPP-Charging-Gateway-Address', 'ipv4'],
  5: ['3GPP-GPRS-Negotiated-QoS-profile', 'text'],
  6: ['3GPP-SGSN-Address', 'ipv4'],
  7: ['3GPP-GGSN-Address', 'ipv4'],
  8: ['3GPP-IMSI-MCC-MNC', 'text'],
  9: ['3GPP-GGSN-MCC-MNC', 'text'],
  10: ['3GPP-NSAPI', 'text'],
  11: ['3GPP-Session-Stop-Indicator', 'octets'],
  12: ['3GPP-Selection-Mode', 'text'],
  13: ['3GPP-Charging-Characteristics', 'text'],
  14: ['3GPP-Charging-Gateway-IPv6-Address', 'ipv6'],
  15: ['3GPP-SGSN-IPv6-Address', 'ipv6'],
  16: ['3GPP-GGSN-IPv6-Address', 'ipv6'],
  17: ['3GPP-IPv6-DNS-Servers', 'octets'],
  18: ['3GPP-SGSN-MCC-MNC', 'text'],
  19: ['3GPP-Teardown-Indicator', 'octets'],
  20: ['3GPP-IMEISV', 'text'],
  21: ['3GPP-RAT-Type', 'number'],
  22: ['3GPP-User-Location-Info', 'octets'],
  23: ['3GPP-MS-TimeZone', 'octets'],
  24: ['3GPP-Camel-Charging-Info', 'octets'],
  25: ['3GPP-Packet-Filter', 'octets'],
  26: ['3GPP-Negotiated-DSCP', 'number'],
  27: ['3GPP-Allocate-IP-Type', 'number'],
}

const statusTypes: Readonly<Record<number, string>> = {
  1: 'Start',
  2: 'Stop',
  3: 'Interim-Update',
  7: 'Accounting-On',
  8: 'Accounting-Off',
  9: 'Tunnel-Start',
  10: 'Tunnel-Stop',
  11: 'Tunnel-Reject',
  12: 'Tunnel-Link-Start',
  13: 'Tunnel-Link-Stop',
  14: 'Tunnel-Link-Reject',
  15: 'Failed',
}

/** Values of Acct-Status-Type that begin and end things (RFC 2866 section 5.1). */
export const AcctStatus = { Start: 1, Stop: 2, Interim: 3, On: 7, Off: 8 } as const

/** RFC 2866 section 5.1, RFC 2867: `status 99` for values that are not named there. */
export function acctStatusName(status: number): string {
  return statusTypes[status] ?? `status ${status}`
}

/** RFC 2866 section 5.10; index = value. */
const terminateCauses = [
  '',
  'User Request',
  'Lost Carrier',
  'Lost Service',
  'Idle Timeout',
  'Session Timeout',
  'Admin Reset',
  'Admin Reboot',
  'Port Error',
  'NAS Error',
  'NAS Request',
  'NAS Reboot',
  'Port Unneeded',
  'Port Preempted',
  'Port Suspended',
  'Service Unavailable',
  'Callback',
  'User Error',
  'Host Request',
]

/** `cause 99` for values that are not named there. */
export function terminateCauseName(cause: number): string {
  return terminateCauses[cause] || `cause ${cause}`
}
