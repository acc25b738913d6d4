/** The decoders of WTP, WSP, WTLS and MMS, for the fuzzer. */

import { looksLikeMms, MmsPdu } from '../../src/wire/mms-pdu.js'
import { WspPdu } from '../../src/wire/wsp.js'
import { looksLikeWsp } from '../../src/wire/wsp-datagram.js'
import { mediaTypeText, wspHeaderFacts, wspHeaderList } from '../../src/wire/wsp-header.js'
import { WspValue } from '../../src/wire/wsp-value.js'
import { looksLikeWtls, WtlsDatagram } from '../../src/wire/wtls.js'
import { WtpType } from '../../src/wire/wtp.js'
import { looksLikeWtp, WtpDatagram } from '../../src/wire/wtp-datagram.js'
import { type DecoderFuzz, fields, type Reader, steps } from './decoder-target.js'
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
