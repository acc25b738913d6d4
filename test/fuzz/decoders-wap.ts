/** The decoders of WTP, WSP, WTLS and MMS, for the fuzzer. */

import { MmsMultipart } from '../../src/wire/mms-multipart.js'
import { looksLikeMms, MmsPdu } from '../../src/wire/mms-pdu.js'
import { charsetName, wapText } from '../../src/wire/wap-charset.js'
import { WspPdu } from '../../src/wire/wsp.js'
import { wspCapabilities } from '../../src/wire/wsp-capability.js'
import { looksLikeWsp } from '../../src/wire/wsp-datagram.js'
import { mediaTypeText, wspHeaderFacts, wspHeaderList } from '../../src/wire/wsp-header.js'
import { contentTypeParameter, WspParameter } from '../../src/wire/wsp-parameter.js'
import { wspRedirect } from '../../src/wire/wsp-redirect.js'
import { WspValue } from '../../src/wire/wsp-value.js'
import { looksLikeWtls, WtlsDatagram } from '../../src/wire/wtls.js'
import { WtpType } from '../../src/wire/wtp.js'
import { looksLikeWtp, WtpDatagram } from '../../src/wire/wtp-datagram.js'
import { hex } from '../helpers/hex.js'
import { type DecoderFuzz, fields, type Reader, steps } from './decoder-target.js'
import { everyOctet } from './layer-sites.js'
import { Finding } from './target.js'

function pdu(connectionless: boolean): () => Reader {
  return () => {
    const wsp = new WspPdu()
    return (buf, off, end, fault) => {
      const ok = wsp.decode(buf, off, end, connectionless, fault)
      if (!ok) return { ok, type: wsp.type }
      const { headersOff, headersEnd, contentTypeOff, contentTypeEnd } = wsp
      return {
        ...fields(wsp),
        facts: wspHeaderFacts(buf, headersOff, headersEnd, fault),
        media: mediaTypeText(buf, contentTypeOff, contentTypeEnd),
        likely: looksLikeWsp(buf, off, end),
      }
    }
  }
}

/** Ranges of a datagram's PDUs are the datagram: nothing is charged twice, nothing lost. */
function wtp(): Reader {
  const datagram = new WtpDatagram()
  return (buf, off, end, fault) => {
    datagram.start(buf, off, end)
    let at = off
    const found = steps(
      end - off,
      () => datagram.next(fault),
      () => {
        if (datagram.off !== at)
          throw new Finding(`a PDU at ${datagram.off - off}, not ${at - off}`)
        at = datagram.end
        const { pdu, off: from, end: to } = datagram
        const good = pdu.type !== WtpType.NotAllowed
        return { from: from - off, to: to - off, ...(good ? fields(pdu) : {}), cut: pdu.segment }
      },
    )
    if (at !== end) throw new Finding(`PDUs end at ${at - off} of ${end - off}`)
    return [found, looksLikeWtp(buf, off, end)]
  }
}

const capabilities = [
  hex('04 80 8300 00 04 81 8300 00 02 82 f0 02 83 01'),
  hex('09 85 50 457874 656e 6400 08 86 01 582d 4100 62 06 58746578 7400'),
]
const redirect = hex('c0 c4 01 23f0 0a000001 44 23f0 c6336401 10 20010db8000000000000000000000001')

/** `text/plain; charset=utf-8; name=a.txt; x=y` */
const contentType = hex('13 83 81 ea 85 612e74787400 97 622e74787400 7800 7900')
const multipart = hex(`
  02
  0d 05 0b 83 81 ea 85 612e747874008e 68656c6c6f
  08 81 00 9e 8e 612e676966 00 ${'00'.repeat(128)}`)

export const wapDecoders: readonly DecoderFuzz[] = [
  { name: 'wtp', layers: ['wtp'], make: wtp },
  { name: 'wsp', layers: ['wsp'], weight: 2, make: pdu(false) },
  { name: 'wsp-connectionless', layers: ['wsp'], make: pdu(true) },
  {
    name: 'wsp-header',
    layers: ['wsp', 'mmse'],
    weight: 2,
    make: () => (buf, off, end, fault) => [
      wspHeaderFacts(buf, off, end, fault),
      wspHeaderList(buf, off, end, fault),
    ],
  },
  {
    name: 'wsp-value',
    layers: ['wsp', 'mmse'],
    make() {
      const value = new WspValue()
      return (buf, off, end) => {
        const ok = value.decode(buf, off, end)
        return [ok ? [fields(value), value.integer(buf)] : ok, mediaTypeText(buf, off, end)]
      }
    },
  },
  {
    name: 'wsp-capability',
    layers: [],
    more: capabilities,
    sites: everyOctet,
    make: () => (buf, off, end, fault) => wspCapabilities(buf, off, end, fault),
  },
  {
    name: 'wsp-redirect',
    layers: [],
    more: [redirect],
    sites: everyOctet,
    make: () => (buf, off, end, fault) => wspRedirect(buf, off, end, fault),
  },
  {
    name: 'wsp-parameter',
    layers: [],
    more: [contentType],
    sites: everyOctet,
    make: () => (buf, off, end) => [
      contentTypeParameter(buf, off, end, [WspParameter.Name, WspParameter.NameValue], 'name'),
      contentTypeParameter(buf, off, end, [WspParameter.Charset], 'charset'),
      mediaTypeText(buf, off, end),
    ],
  },
  {
    name: 'wap-charset',
    layers: ['mmse'],
    make: () => (buf, off, end) =>
      [0, 3, 4, 17, 39, 106, 114, 1000, 1014, 1015, 2025, 2026, 9999].map(mib => [
        charsetName(mib),
        wapText(buf, off, end, mib),
      ]),
  },
  {
    name: 'mms-multipart',
    layers: [],
    more: [multipart],
    sites: everyOctet,
    make() {
      const body = new MmsMultipart()
      return (buf, off, end, fault) => [body.decode(buf, off, end, fault), fields(body)]
    },
  },
  {
    name: 'wtls',
    layers: ['wtls'],
    make() {
      const datagram = new WtlsDatagram()
      return (buf, off, end, fault) => {
        datagram.start(buf, off, end)
        const found = steps(
          end - off,
          () => datagram.next(fault),
          () => fields(datagram.record),
        )
        return [found, looksLikeWtls(buf, off, end)]
      }
    },
  },
  {
    name: 'mms-pdu',
    layers: ['mmse'],
    weight: 2,
    make() {
      const mms = new MmsPdu()
      return (buf, off, end, fault) => [
        looksLikeMms(buf, off, end),
        mms.decode(buf, off, end, fault),
        fields(mms),
      ]
    },
  },
]
