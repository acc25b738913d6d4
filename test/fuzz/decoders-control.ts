/** The decoders of PFCP, Diameter and RADIUS, for the fuzzer. */

import { BerValue } from '../../src/wire/ber.js'
import { CdrFileHeader, CdrHeader, looksLikeCdrFile } from '../../src/wire/cdr-file.js'
import { readChargingRecord } from '../../src/wire/charging-record.js'
import { DiameterHeader, diameterLength, looksLikeDiameter } from '../../src/wire/diameter.js'
import { creditFacts } from '../../src/wire/diameter-credit.js'
import { type DiameterFacts, readDiameter } from '../../src/wire/diameter-facts.js'
import { policyFacts } from '../../src/wire/diameter-policy.js'
import { spendingFacts } from '../../src/wire/diameter-spending.js'
import { subscriberFacts } from '../../src/wire/diameter-subscriber.js'
import type { Avp } from '../../src/wire/diameter-tree.js'
import { avpText } from '../../src/wire/diameter-value.js'
import { GtpPrimeHeader, gtpPrimeOctets } from '../../src/wire/gtp-prime.js'
import { readGtpPrime } from '../../src/wire/gtp-prime-message.js'
import { PfcpHeader } from '../../src/wire/pfcp.js'
import { readPfcp } from '../../src/wire/pfcp-message.js'
import { RadiusHeader } from '../../src/wire/radius.js'
import { RadiusCursor } from '../../src/wire/radius-attribute.js'
import { readRadius } from '../../src/wire/radius-message.js'
import {
  chargingRecordExample,
  diameterExample,
  gtpPrimeExample,
  pfcpExample,
  radiusExample,
} from './control-examples.js'
import { type DecoderFuzz, fields, steps } from './decoder-target.js'

function avpTexts(buf: Uint8Array, avps: readonly Avp[]): unknown[] {
  return avps.map(({ definition, off, end, children }) =>
    children.length > 0
      ? avpTexts(buf, children)
      : avpText(definition?.type ?? 'OctetString', buf, off, end),
  )
}

function allFacts(facts: DiameterFacts): unknown[] {
  const { avps } = facts
  return [
    { ...facts, avps: avpTexts(avps.buf, avps.avps) },
    creditFacts(avps),
    policyFacts(avps),
    spendingFacts(avps),
    subscriberFacts(avps),
  ]
}

export const controlDecoders: readonly DecoderFuzz[] = [
  {
    name: 'charging-record',
    layers: [],
    more: [chargingRecordExample],
    weight: 2,
    make() {
      const value = new BerValue()
      const header = new CdrHeader()
      const fileHeader = new CdrFileHeader()
      return (buf, off, end, fault) => {
        const at = [looksLikeCdrFile(buf, off, end), fileHeader.decode(buf, off, end, fault)]
        const ok = header.decode(buf, off, end, fault)
        const headers = [...at, ok ? fields(header) : ok, at[1] ? fields(fileHeader) : at[1]]
        const whole = value.decode(buf, off, end, fault)
        return [headers, whole ? fields(value) : whole, readChargingRecord(buf, off, end, fault)]
      }
    },
  },
  {
    name: 'pfcp',
    layers: ['pfcp'],
    more: [pfcpExample],
    weight: 2,
    make() {
      const header = new PfcpHeader()
      return (buf, off, end, fault) => [
        header.decode(buf, off, end, fault),
        fields(header),
        readPfcp(buf, off, end, fault),
      ]
    },
  },
  {
    name: 'diameter',
    layers: ['diameter'],
    more: [diameterExample],
    weight: 2,
    make() {
      const header = new DiameterHeader()
      return (buf, off, end, fault) => {
        const likely = [looksLikeDiameter(buf, off, end), diameterLength(buf, off, end)]
        const ok = header.decode(buf, off, end, fault)
        if (!ok) return [likely, { ok }]
        return [likely, fields(header), allFacts(readDiameter(header, buf, fault))]
      }
    },
  },
  {
    name: 'gtp-prime',
    layers: ['gtpprime'],
    more: [gtpPrimeExample],
    make() {
      const header = new GtpPrimeHeader()
      return (buf, off, end, fault) => [
        gtpPrimeOctets(buf, off, end),
        header.decode(buf, off, end, fault),
        fields(header),
        readGtpPrime(buf, off, end, fault),
      ]
    },
  },
  {
    name: 'radius',
    layers: ['radius'],
    more: [radiusExample],
    weight: 2,
    make() {
      const header = new RadiusHeader()
      const cursor = new RadiusCursor()
      return (buf, off, end, fault) => {
        const ok = header.decode(buf, off, end, fault)
        if (!ok) return { ok }
        cursor.open(header.attributesOff, header.end)
        const found = steps(
          end - off,
          () => cursor.next(buf, fault),
          () => fields(cursor),
        )
        return [fields(header), found, readRadius(buf, off, end, fault)]
      }
    },
  },
]
