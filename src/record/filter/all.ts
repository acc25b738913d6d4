/** The fields of the filter language, one entry each. Names in other notations are Wireshark's
 * (its display filter reference), so that fingers need not learn twice. */

import { ruleIdHex } from '../figures.js'
import { flags } from '../flag.js'
import {
  duration,
  type FieldKind,
  type FieldReader,
  type FieldSet,
  type FieldValue,
  type FilterField,
  fieldSet,
  keys,
  keysWithContexts,
  only,
  type Row,
  sum,
  time,
} from './field.js'
import { plainNumber } from './values.js'

/** Everything by which people call a rule: id in both forms, `L1-3`, `wapgw/1`. */
function ruleNames(row: Row): readonly FieldValue[] {
  const names: string[] = []
  if (typeof row.rule_id === 'number') {
    names.push(String(row.rule_id >>> 0), ruleIdHex(row.rule_id))
  }
  if (typeof row.level1 === 'number') names.push(`L1-${row.level1}`)
  if (typeof row.level2 === 'string') names.push(row.level2)
  if (typeof row.row === 'string') names.push(row.row)
  if (typeof row.rule === 'string') names.push(row.rule)
  return names
}

function field(
  name: string,
  kind: FieldKind,
  aliases: string,
  doc: string,
  read: FieldReader = keys(name),
): FilterField {
  return { name, aliases: aliases === '' ? [] : aliases.split(' '), kind, doc, read }
}

function word(
  name: string,
  values: string,
  doc: string,
  aliases = '',
  read: FieldReader = keys(name),
): FilterField {
  return { ...field(name, 'word', aliases, doc, read), values: values.split(' ') }
}

const apps = 'http wsp-cl wsp-co wtls mms tls quic dns other'
const recordTypes = 'flow transaction usage session subscriber finding'
const flagSet: ReadonlySet<string> = new Set(flags)

/** The texts of a list; none of what is no list. */
function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter(one => typeof one === 'string') : []
}

const ports = keys('ue_port', 'server_port')
const packets = sum('up_packets', 'down_packets')
const starts = time('ts', 'first')
const ends = time('end', 'last', 'ts')

export const filterFields: readonly FilterField[] = [
  word('verdict', 'FREE CHRG BLCK MIXD PEND UNKN', 'state of the flow'),
  word('tariff', 'free charged unknown', 'tariff of the charging id'),
  field('rule', 'text', '', 'charging id (either form), L1-3, or table/row', ruleNames),
  field('rule_id', 'number', 'charge', 'charging id as a number'),
  field('level1', 'number', 'l1', 'id of the level-1 rule'),
  field('level2', 'text', 'l2', 'table/precedence of the level-2 row'),
  field('rg', 'number', 'rating_group', 'rating group', keys('rating_group')),
  field('imsi', 'text', 'e212.imsi gtp.imsi', 'subscriber'),
  field('msisdn', 'text', 'e164.msisdn gtp.msisdn', 'telephone number'),
  field('imei', 'text', 'gsm_a.imei gtp.imei', 'handset'),
  field('apn', 'text', 'gtp.apn dnn', 'access point name', keysWithContexts('apn')),
  field('rat', 'text', 'gtp.ext_rat_type', 'radio access', keysWithContexts('rat')),
  field(
    'teid',
    'teid',
    'gtp.teid',
    'tunnel, either direction',
    keysWithContexts('teid_up', 'teid_down'),
  ),
  field('ue', 'address', '', 'address of the handset', keysWithContexts('ue', 'ue_v4', 'ue_v6')),
  field('server', 'address', '', 'address of the other end'),
  field(
    'addr',
    'address',
    'ip.addr ipv6.addr',
    'either address',
    keysWithContexts('ue', 'server', 'ue_v4', 'ue_v6'),
  ),
  field('ue_port', 'number', '', 'port of the handset'),
  field('server_port', 'number', 'port', 'port of the other end'),
  field('tcp.port', 'number', '', 'either port of a TCP flow', only('protocol', 'tcp', ports)),
  field('udp.port', 'number', '', 'either port of a UDP flow', only('protocol', 'udp', ports)),
  field('protocol', 'text', 'proto ip.proto', 'tcp, udp, icmp, icmpv6, sctp or a number'),
  word('app', apps, 'what the payload is'),
  field('host', 'text', 'http.host dns.qry.name tls.handshake.extensions_server_name', 'host name'),
  field('url', 'text', 'http.request.full_uri', 'URL used for matching'),
  field('url_source', 'text', '', 'where the URL came from'),
  field('method', 'text', 'http.request.method', 'request method'),
  field('status', 'number', 'http.response.code', 'answer status'),
  field('content_type', 'text', 'http.content_type', 'content type of the answer'),
  field('user_agent', 'text', 'http.user_agent', 'handset as it names itself'),
  field('ua_profile', 'text', 'http.x_wap_profile', 'URL of the handset description (UAProf)'),
  word('roaming', 'yes no', 'in a network that is not the own', '', row =>
    row.type === 'flow' ? [row.roaming === true ? 'yes' : 'no'] : [],
  ),
  field('mms_type', 'text', 'mmse.message_type', 'MMS message type'),
  field('mms_from', 'text', 'mmse.from', 'MMS sender'),
  field('mms_to', 'text', 'mmse.to', 'MMS receiver'),
  field('mms_subject', 'text', 'mmse.subject', 'MMS subject'),
  field('bytes', 'octets', '', 'inner IP octets, both directions', sum('up_bytes', 'down_bytes')),
  field('up_bytes', 'octets', 'up', 'inner IP octets from the handset'),
  field('down_bytes', 'octets', 'down', 'inner IP octets to the handset'),
  field('free_bytes', 'octets', '', 'free octets of a subscriber'),
  field('charged_bytes', 'octets', '', 'charged octets of a subscriber'),
  field('unknown_bytes', 'octets', '', 'octets of a subscriber without a known tariff'),
  field('pkts', 'number', 'packets', 'packets, both directions', packets),
  field('age', 'seconds', 'duration', 'from the first to the last packet', duration(starts, ends)),
  field('ts', 'time', 'start frame.time', 'first packet', starts),
  field('end', 'time', '', 'last packet', ends),
  field('flow', 'number', '', 'number of the flow', row => keys('flow')(row).map(Number)),
  field('transactions', 'number', '', 'requests in the flow'),
  field('flows', 'number', '', 'flows of a subscriber'),
  word('direction', 'known unknown', 'could up and down be told apart'),
  word(
    'certainty',
    'high medium low',
    'how sure the statement is',
    '',
    keys('certainty', 'confidence'),
  ),
  field('reason', 'text', 'reasons', 'what lowered the certainty', row => textsOf(row.reasons)),
  word('flag', flags.join(' '), 'what looks made to be free', 'flags', row =>
    [...textsOf(row.flags), ...textsOf([row.finding])].filter(text => flagSet.has(text)),
  ),
  field('at_risk_bytes', 'octets', 'at_risk', 'inner IP octets free only because of a flag'),
  field('end_reason', 'text', '', 'why the flow ended'),
  field('event', 'text', '', 'session event'),
  field('cause', 'number', 'gtp.cause gtpv2.cause', 'cause value of a session event'),
  field('row', 'text', '', 'ledger row without a charging id'),
  field('community_id', 'text', 'communityid', 'Community ID'),
  field('state', 'text', '', 'of a subscriber (ACTIVE, STUCK) or an alert (NEW, ACK, CLEARED)'),
  field('kind', 'text', '', 'kind of an alert'),
  field('severity', 'text', 'level', 'of an alert or a line of the log', keys('severity', 'level')),
  field('name', 'text', '', 'name of a rule', keys('name', 'title')),
  field('hits', 'number', '', 'flows or requests that a rule decided'),
  field('hits_per_s', 'number', '', 'the same a second'),
  field('prio', 'number', 'precedence', 'precedence of a rule', keys('precedence')),
  field('blocked', 'number', 'blocked_flows', 'blocked flows', keys('blocked_flows')),
  field('raised', 'time', '', 'when an alert was raised', time('raised')),
  field('last', 'time', 'seen', 'when it was seen last', time('last', 'end')),
  field('n', 'number', '', 'number of a line of the log'),
  word('type', recordTypes, 'record type'),
]

/** What a bare word is looked for in. */
const searchReaders: readonly FieldReader[] = [
  keys('flow', 'imsi', 'msisdn', 'host', 'server', 'name', 'title', 'text', 'id'),
  keysWithContexts('ue', 'ue_v4', 'ue_v6'),
  ruleNames,
]

/** A bare word is part of a number, address or host, or the whole name of a rule or flow. */
function search(text: string): (row: Row) => boolean {
  const part = text.toLowerCase()
  const wholeOnly = plainNumber(text) !== undefined && text.length < 4
  return row =>
    searchReaders.some(read =>
      read(row).some(value => {
        const actual = String(value).toLowerCase()
        return wholeOnly ? actual === part : actual.includes(part)
      }),
    )
}

/** Fields of flows, subscribers and what else an analysis gives. */
export const recordFields: FieldSet = fieldSet(filterFields, search)

/** The field of that name or alias, whatever its case. */
export function findField(name: string): FilterField | undefined {
  return recordFields.find(name)
}

/** Every name and alias, for suggestions and completion. */
export function fieldNames(): Iterable<string> {
  return recordFields.names()
}
