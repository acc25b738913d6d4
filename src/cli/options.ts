/** Every option of the command line, once: the parser, the help, the man page and completion read
 * this table. The same word means the same thing in all commands. */

import { caseOptions } from './case-options.js'
import { exchangeOptions } from './exchange-options.js'
import type { OptionSpec } from './option-spec.js'
import { productOptions } from './product-options.js'
import { renewalOptions } from './renewal-options.js'
import { screenOptions } from './screen-options.js'
import { serviceOptions } from './service-options.js'

/** By long name. */
export const optionTable = {
  read: {
    alias: 'r',
    kind: 'list',
    group: 'Selectors',
    value: 'FILE',
    doc: 'capture: pcap, pcapng, .gz, .zst; repeatable; a directory or a glob reads in time order; - is stdin',
  },
  interface: {
    alias: 'i',
    kind: 'list',
    group: 'Selectors',
    value: 'IF',
    doc: 'capture live from this interface; repeatable; any is all of them',
  },
  'capture-filter': {
    alias: 'f',
    kind: 'text',
    group: 'Selectors',
    value: 'BPF',
    doc: 'with -i: capture only this (pcap-filter(7)); a port leaves out later fragments and VLANs',
  },
  engine: {
    kind: 'text',
    group: 'Selectors',
    value: 'NAME',
    choices: ['auto', 'tcpdump', 'dumpcap', 'cap'],
    doc: 'with -i: program that captures: auto (tcpdump, else dumpcap), tcpdump, dumpcap, cap',
  },
  snaplen: {
    alias: 's',
    kind: 'number',
    group: 'Selectors',
    value: 'N',
    doc: 'with -i: octets taken of each packet (default 2048)',
  },
  buffer: {
    kind: 'number',
    group: 'Selectors',
    value: 'KIB',
    doc: 'with -i: buffer in the kernel for each interface (default 262144)',
  },
  keep: {
    kind: 'text',
    group: 'Selectors',
    value: 'DIR',
    doc: 'with -i: keep the last packets there, in a ring of pcapng files (--ring)',
  },
  ring: {
    alias: 'b',
    kind: 'list',
    group: 'Selectors',
    value: 'BOUND',
    doc: 'with --keep: files:N (10), filesize:KB (100000), duration:S of each',
  },
  rules: {
    kind: 'text',
    group: 'Selectors',
    value: 'FILE|DIR',
    doc: 'rules instead of the configured (TOLLGATE_RULES, /etc/tollgate/rules.d)',
  },
  profile: {
    kind: 'text',
    group: 'Selectors',
    value: 'NAME',
    env: 'TOLLGATE_PROFILE',
    doc: 'charging profile instead of the one in the rules: article, ugw, udg ... (docs/profiles.md)',
  },
  'plain-ip': {
    kind: 'flag',
    group: 'Selectors',
    doc: 'IP outside tunnels is user traffic too (a Gi/SGi capture)',
  },
  'ue-pool': {
    kind: 'list',
    group: 'Selectors',
    value: 'PREFIX',
    doc: 'addresses of handsets, to tell up from down; repeatable',
  },
  dedupe: {
    kind: 'text',
    group: 'Selectors',
    value: 'auto|off',
    choices: ['auto', 'off'],
    doc: 'packets captured at two points: charge them once (auto), or at each',
  },
  bounds: {
    kind: 'flag',
    group: 'Selectors',
    doc: 'least and most free octets over all policies, and the packets that make the difference',
  },
  server: { kind: 'text', group: 'Selectors', value: 'ADDR', doc: 'what if: server address' },
  port: { kind: 'number', group: 'Selectors', value: 'N', doc: 'what if: server port' },
  protocol: {
    kind: 'text',
    group: 'Selectors',
    value: 'NAME',
    doc: 'what if: tcp, udp, icmp or a number (default: by port)',
  },
  url: { kind: 'text', group: 'Selectors', value: 'URL', doc: 'what if: URL of the request' },
  sni: { kind: 'text', group: 'Selectors', value: 'NAME', doc: 'what if: name in the ClientHello' },
  apn: { kind: 'text', group: 'Selectors', value: 'NAME', doc: 'what if: access point name' },
  imsi: {
    kind: 'text',
    group: 'Selectors',
    value: 'DIGITS',
    doc: 'subscriber: of the what-if, or the only one to compare',
  },
  ...exchangeOptions,
  ...caseOptions,
  ...renewalOptions,
  ...productOptions,
  ...serviceOptions,
  filter: {
    alias: 'Y',
    kind: 'text',
    group: 'Filters',
    value: 'EXPR',
    doc: 'only what matches, as in: verdict == CHRG and host contains "wap"',
  },
  count: { alias: 'c', kind: 'number', group: 'Filters', value: 'N', doc: 'stop after N packets' },
  autostop: {
    alias: 'a',
    kind: 'list',
    group: 'Filters',
    value: 'WHEN',
    doc: 'with -i: end after duration:S, packets:N or filesize:KB',
  },
  since: {
    kind: 'text',
    group: 'Filters',
    value: 'T',
    dash: true,
    doc: 'from this packet time on: 09:30, -1h, 2026-11-21T09:30:00+06:00',
  },
  until: { kind: 'text', group: 'Filters', value: 'T', dash: true, doc: 'up to this packet time' },
  only: {
    kind: 'text',
    group: 'Filters',
    value: 'TYPES',
    doc: 'record types: flow,transaction,usage,session,subscriber,finding,alert',
  },
  limit: { kind: 'number', group: 'Filters', value: 'N', doc: 'at most N rows or records' },
  all: {
    kind: 'flag',
    group: 'Filters',
    doc: 'rules that would also have matched, every request, every case',
  },
  json: { kind: 'flag', group: 'Formatting', doc: 'one JSON object a line' },
  csv: { kind: 'flag', group: 'Formatting', doc: 'comma-separated values (RFC 4180)' },
  fields: {
    kind: 'text',
    group: 'Formatting',
    value: 'A,B,C',
    doc: 'these keys of the record, in this order',
  },
  header: {
    kind: 'text',
    group: 'Formatting',
    value: 'yes|no',
    choices: ['yes', 'no'],
    doc: 'column heads (default yes)',
  },
  sort: {
    kind: 'text',
    group: 'Formatting',
    value: 'FIELD',
    dash: true,
    doc: 'by this field; -FIELD: high first',
  },
  utc: { kind: 'flag', group: 'Formatting', doc: 'times in UTC (default local with offset)' },
  reveal: { kind: 'flag', group: 'Formatting', doc: 'IMSI, MSISDN, IMEI in the clear' },
  color: {
    kind: 'text',
    group: 'Formatting',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    doc: 'auto, always, never; also --no-color; NO_COLOR is honoured',
  },
  'max-flows': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'flows at a time (default 1,048,576); above a bound the oldest end first, and it is said',
  },
  'max-sessions': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'PDP contexts and bearers at a time (default 1,048,576)',
  },
  'max-subscribers': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'subscribers with usage of their own (default 1,048,576); the others are added up together',
  },
  'max-requests': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'signalling requests that wait for an answer (default 65,536)',
  },
  'max-transactions': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'open transactions (default 2,097,152)',
  },
  'max-reassembly': {
    kind: 'number',
    group: 'Bounds',
    value: 'MiB',
    doc: 'fragments and segments that wait for others (default 128)',
  },
  'max-dns': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'addresses whose names are remembered (default 65,536)',
  },
  'max-findings': {
    kind: 'number',
    group: 'Bounds',
    value: 'N',
    doc: 'findings at a time (default 100,000)',
  },
  ...screenOptions,
  follow: {
    kind: 'flag',
    group: 'Formatting',
    doc: 'each row as soon as it is known',
  },
  write: {
    alias: 'w',
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'pcapng file to write; - is stdout',
  },
  control: {
    kind: 'flag',
    group: 'Other',
    doc: 'also the control messages of the sessions that the packets belong to',
  },
  output: {
    alias: 'o',
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'file to write; - is standard output',
  },
  form: {
    kind: 'text',
    group: 'Other',
    value: 'FORM',
    choices: ['pgw-cdr', 'egcdr', 'csv'],
    doc: 'form to write: pgw-cdr (default), egcdr, csv',
  },
  'witness-pcap': {
    kind: 'text',
    group: 'Other',
    value: 'DIR',
    doc: 'write for each rule a capture that it decides, and the expected ledger',
  },
  force: { kind: 'flag', group: 'Other', doc: 'overwrite files that exist' },
  strict: { kind: 'flag', group: 'Other', doc: 'stop at the first fault or warning' },
  threads: {
    kind: 'text',
    group: 'Other',
    value: 'N|auto',
    doc: 'share the work among N threads (default 1); auto: one a core for large files',
  },
  'no-names': {
    alias: 'n',
    kind: 'flag',
    group: 'Other',
    doc: 'do not resolve names (never done)',
  },
  quiet: { alias: 'q', kind: 'flag', group: 'Other', doc: 'no progress, no summary, no notes' },
  verbose: { alias: 'v', kind: 'level', group: 'Other', doc: 'more on stderr; repeat for more' },
  help: { alias: 'h', kind: 'flag', group: 'Other', doc: 'this help' },
  version: { alias: 'V', kind: 'flag', group: 'Other', doc: 'version' },
} as const satisfies Record<string, OptionSpec>

export type OptionName = keyof typeof optionTable

interface ValueOfKind {
  flag: boolean
  text: string | undefined
  list: readonly string[]
  number: number | undefined
  level: number
}

/** Parsed options; absent text and numbers are undefined, absent flags false, absent lists empty. */
export type Options = {
  -readonly [K in OptionName]: ValueOfKind[(typeof optionTable)[K]['kind']]
}

export const optionNames = Object.keys(optionTable) as OptionName[]

export function optionSpec(name: OptionName): OptionSpec {
  return optionTable[name]
}

/** Options that every command takes. */
export const commonOptions: readonly OptionName[] = ['color', 'quiet', 'verbose', 'help', 'version']
