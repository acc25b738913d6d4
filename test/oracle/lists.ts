/** What is compared with tshark's truth of a capture, list by list: how a line of the truth and a line of
 * ours are written so that equal things are equal text. A number is a number whether tshark prints it
 * decimal or in hexadecimal. */

import type { FrameRecord } from '../../src/record/frame-record.js'

/** One value or several, as the truth has them. */
type TruthValue = string | number | boolean | null | readonly (string | number)[]
export type TruthRow = Readonly<Record<string, TruthValue>>

export interface Truth {
  inner_flows: readonly TruthRow[]
  gtp_messages: Readonly<Record<string, Readonly<Record<string, number>>>>
  gtp_c: readonly TruthRow[]
  gtp_sessions_seen: readonly TruthRow[]
  http: readonly TruthRow[]
  tls_sni: Readonly<Record<string, number>>
  dns: Readonly<Record<string, number>>
  wap: Readonly<{ wsp: readonly TruthRow[]; mms: readonly TruthRow[] }>
  pfcp: Readonly<Record<string, number>>
  diameter: Readonly<Record<string, number>>
  diameter_messages: readonly TruthRow[]
  radius_messages: readonly TruthRow[]
}

export interface OracleList {
  name: string
  truth: (truth: Truth) => string[]
  ours: (frames: readonly FrameRecord[]) => string[]
}

/** `0x0010` and `16` are the same; an identifier with a leading zero is text. */
function same(value: unknown): string {
  const text = String(value)
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) return String(Number(text))
  return text
}

function values(value: TruthValue | undefined): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(same)
}

function line(parts: readonly (readonly [string, readonly string[]])[]): string {
  return parts
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name}=${list.join(',')}`)
    .join(' ')
}

function field(frame: FrameRecord, name: string): string[] {
  return (frame.fields[name] ?? []).map(same)
}

function has(frame: FrameRecord, layer: string): boolean {
  return frame.layers.includes(layer)
}

/** `n x`: how often each line occurs. */
function counted(lines: Iterable<string>): string[] {
  const counts = new Map<string, number>()
  for (const one of lines) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].map(([one, n]) => `${one}: ${n}`)
}

function truthCounts(counts: Readonly<Record<string, number>> | undefined): string[] {
  return Object.entries(counts ?? {}).map(([one, n]) => `${one}: ${n}`)
}

/** tshark prints an OctetString in hexadecimal, whatever it holds. */
function fromHex(text: string): string {
  return Buffer.from(text, 'hex').toString('latin1')
}

/** Keys of the truth and the fields of ours that they stand for; `hexText`: the keys of OctetStrings. */
function rows(
  name: string,
  take: (truth: Truth) => readonly TruthRow[],
  of: (frame: FrameRecord) => boolean,
  keys: Readonly<Record<string, string>>,
  hexText: readonly string[] = [],
): OracleList {
  const names = Object.entries(keys)
  return {
    name,
    truth: truth =>
      take(truth).map(row =>
        line([
          ['frame', values(row.frame)],
          ...names.map(([key]) => {
            const list = values(row[key])
            return [key, hexText.includes(key) ? list.map(fromHex) : list] as const
          }),
        ]),
      ),
    ours: frames =>
      frames
        .filter(of)
        .map(frame =>
          line([
            ['frame', [String(frame.frame)]],
            ...names.map(([key, ours]) => [key, field(frame, ours)] as const),
          ]),
        ),
  }
}

const gPdu = 255

/** A frame whose outermost GTP message is not a T-PDU. */
function isControl(frame: FrameRecord): boolean {
  if (has(frame, 'gtpprime')) return false
  const [type] = field(frame, 'gtp.message')
  return has(frame, 'gtpv2') || (type !== undefined && Number(type) !== gPdu)
}

const gtpMessages: OracleList = {
  name: 'gtp_messages',
  truth: ({ gtp_messages: counts }) => [
    ...truthCounts(counts['version/type']),
    ...truthCounts(counts['v2 type']).map(text => `2/${text}`),
    ...truthCounts(counts['ext_hdr (next-type values)']).map(text => `extension ${text}`),
  ],
  ours: frames =>
    counted(
      frames.flatMap(frame => [
        ...(has(frame, 'gtp') ? field(frame, 'gtp.message') : []).map(
          (type, i) => `${field(frame, 'gtp.flags.version')[i]}/${type}`,
        ),
        ...field(frame, 'gtpv2.message_type').map(type => `2/${type}`),
        ...(frame.fields['gtp.ext_hdr.next'] ?? []).map(type => `extension ${type}`),
      ]),
    ),
}

const gtpControl = rows(
  'gtp_c',
  truth => truth.gtp_c.filter(row => row.prime !== true),
  isControl,
  {
    version: 'gtp.flags.version',
    type: 'gtp.message',
    teid: 'gtp.teid',
    seq: 'gtp.seq_number',
    tid: 'gtp.tid',
    cause: 'gtp.cause',
    apn: 'gtp.apn',
    teid_data: 'gtp.teid_data',
    teid_cp: 'gtp.teid_cp',
    user_ipv4: 'gtp.user_ipv4',
    v2_type: 'gtpv2.message_type',
    v2_teid: 'gtpv2.teid',
    v2_seq: 'gtpv2.seq',
    v2_cause: 'gtpv2.cause',
    v2_apn: 'gtpv2.apn',
    f_teid: 'gtpv2.f_teid_gre_key',
    f_teid_if: 'gtpv2.f_teid_interface_type',
    f_teid_ipv4: 'gtpv2.f_teid_ipv4',
    paa_ipv4: 'gtpv2.pdn_addr_and_prefix.ipv4',
    paa_ipv6: 'gtpv2.pdn_addr_and_prefix.ipv6',
    ebi: 'gtpv2.ebi',
    mei: 'gtpv2.mei',
    imsi: 'e212.imsi',
    msisdn: 'e164.msisdn',
  },
)

const subscribers: OracleList = {
  name: 'gtp_sessions_seen',
  truth: ({ gtp_sessions_seen: seen, gtp_c: messages }) => {
    // the subscriber of a CDR that GTP' carries is not one of a session
    const prime = new Set(messages.filter(row => row.prime === true).map(row => row.frame))
    return seen
      .filter(row => !prime.has(row.frame ?? null))
      .map(row =>
        line([
          ['frame', values(row.frame)],
          ['imsi', values(row.imsi)],
          ['msisdn', values(row.msisdn)],
          ['apn', values(row.apn)],
          ['teids', values(row.teids)],
        ]),
      )
  },
  ours: frames =>
    frames.filter(isControl).flatMap(frame => {
      const imsi = field(frame, 'e212.imsi').slice(0, 1)
      const msisdn = field(frame, 'e164.msisdn').slice(0, 1)
      const apn = [...field(frame, 'gtp.apn'), ...field(frame, 'gtpv2.apn')].slice(0, 1)
      if (imsi.length + msisdn.length + apn.length === 0) return []
      const teids = ['gtp.teid_data', 'gtp.teid_cp', 'gtpv2.f_teid_gre_key'].flatMap(name =>
        field(frame, name),
      )
      const tid = field(frame, 'gtp.tid').map(text => `tid:${text}`)
      return line([
        ['frame', [String(frame.frame)]],
        ['imsi', imsi],
        ['msisdn', msisdn],
        ['apn', apn],
        ['teids', [...teids, ...tid.slice(0, 1)]],
      ])
    }),
}

/** tshark shows a head at the frame that ends its body, we at the one that ends the head: no frames. */

/** Several heads of one frame are one row of the truth: apart again, as far as their lists tell. */
function httpLines(gtp: boolean, list: (key: string) => readonly string[]): string[] {
  const methods = list('request.method')
  const where = gtp ? 'gtp ' : ''
  const hosts = list('host')
  // a request without Host leaves no gap in the list of hosts
  const paired = hosts.length === methods.length
  const requests = methods.map((method, i) =>
    [`${where}${method}`, paired ? hosts[i] : '', list('request.uri')[i]].join(' '),
  )
  return [...requests, ...list('response.code').map(code => `${where}${code}`)]
}

const http: OracleList = {
  name: 'http',
  truth: truth => truth.http.flatMap(row => httpLines(row.gtp === true, key => values(row[key]))),
  ours: frames =>
    frames
      .filter(frame => has(frame, 'http'))
      .flatMap(frame => httpLines(has(frame, 'gtp'), key => field(frame, `http.${key}`))),
}

const sni: OracleList = {
  name: 'tls_sni',
  truth: truth => truthCounts(truth.tls_sni),
  ours: frames =>
    counted(
      frames.flatMap(frame =>
        field(frame, 'tls.handshake.extensions_server_name').map(
          name =>
            `${has(frame, 'gtp') ? 'gtp:' : ''}${has(frame, 'quic') ? 'quic:' : 'tls:'}${name}`,
        ),
      ),
    ),
}

const dns: OracleList = {
  name: 'dns',
  truth: truth => truthCounts(truth.dns),
  ours: frames =>
    counted(
      frames.flatMap(frame => {
        const responses = field(frame, 'dns.flags.response')
        return (frame.fields['dns.qry.name'] ?? []).map((name, i) => {
          const response = responses[Math.min(i, responses.length - 1)] === '1' ? 'R' : 'Q'
          const where = has(frame, 'gtp') ? 'gtp:' : ''
          return `${where}${name} type=${field(frame, 'dns.qry.type')[i]} ${response}`
        })
      }),
    ),
}

const wsp = rows(
  'wsp',
  truth => truth.wap.wsp,
  frame => has(frame, 'wsp') || has(frame, 'wtp'),
  {
    'wsp.TID': 'wsp.TID',
    'wsp.pdu_type': 'wsp.pdu_type',
    'wsp.uri': 'wsp.uri',
    'wsp.reply.status': 'wsp.reply.status',
    'wsp.header.content_type': 'wsp.header.content_type',
    'wsp.header.host': 'wsp.header.host',
    'wsp.header.user_agent': 'wsp.header.user_agent',
  },
)

const mms = rows(
  'mms',
  truth => truth.wap.mms,
  frame => has(frame, 'mmse'),
  {
    'mmse.message_type': 'mmse.message_type',
    'mmse.transaction_id': 'mmse.transaction_id',
    'mmse.from': 'mmse.from',
    'mmse.to': 'mmse.to',
    'mmse.subject': 'mmse.subject',
    'mmse.content_location': 'mmse.content_location',
    'mmse.message_size': 'mmse.message_size',
  },
)

const pfcp: OracleList = {
  name: 'pfcp',
  truth: truth => truthCounts(truth.pfcp),
  ours: frames => counted(frames.flatMap(frame => field(frame, 'pfcp.msg_type'))),
}

const diameter: OracleList = {
  name: 'diameter',
  truth: truth => truthCounts(truth.diameter),
  ours: frames =>
    counted(
      frames.flatMap(frame => {
        const requests = field(frame, 'diameter.flags.request')
        const applications = field(frame, 'diameter.applicationId')
        return field(frame, 'diameter.cmd.code').map(
          (code, i) => `app${applications[i]}/${code}${requests[i] === '1' ? 'R' : 'A'}`,
        )
      }),
    ),
}

const diameterMessages = rows(
  'diameter_messages',
  truth => truth.diameter_messages,
  frame => has(frame, 'diameter'),
  {
    cmd: 'diameter.cmd.code',
    req: 'diameter.flags.request',
    app: 'diameter.applicationId',
    session: 'diameter.Session-Id',
    cc_type: 'diameter.CC-Request-Type',
    cc_num: 'diameter.CC-Request-Number',
    sub: 'diameter.Subscription-Id-Data',
    called: 'diameter.Called-Station-Id',
    ip: 'diameter.Framed-IP-Address.IPv4',
    result: 'diameter.Result-Code',
    rg: 'diameter.Rating-Group',
    rule: 'diameter.Charging-Rule-Name',
    user: 'diameter.User-Name',
  },
  ['rule'],
)

const radiusMessages = rows(
  'radius_messages',
  truth => truth.radius_messages,
  frame => has(frame, 'radius'),
  {
    code: 'radius.code',
    id: 'radius.id',
    user: 'radius.User_Name',
    status: 'radius.Acct_Status_Type',
    ip: 'radius.Framed-IP-Address',
    calling: 'radius.Calling_Station_Id',
    called: 'radius.Called_Station_Id',
    session: 'radius.Acct_Session_Id',
    imsi: 'radius.3GPP_IMSI',
    in: 'radius.Acct_Input_Octets',
    out: 'radius.Acct_Output_Octets',
  },
)

/** What GTP' carries is not read here: the messages alone are. */
const gtpPrime: OracleList = {
  name: 'gtp_prime',
  truth: ({ gtp_messages: counts }) => truthCounts(counts['prime version/type']),
  ours: frames =>
    counted(
      frames
        .filter(frame => has(frame, 'gtpprime'))
        .map(frame => `${field(frame, 'gtp.flags.version')[0]}/${field(frame, 'gtp.message')[0]}`),
    ),
}

export const frameLists: readonly OracleList[] = [
  gtpMessages,
  gtpControl,
  subscribers,
  http,
  sni,
  dns,
  wsp,
  mms,
  pfcp,
  diameter,
  diameterMessages,
  radiusMessages,
  gtpPrime,
]
