/** PFCP header, elements and the messages of a session's life. TS 29.244 clauses 7.2.2, 7.5, 8.1 and 8.2. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { PfcpHeader, PfcpType, pfcpTypeName, seidText } from '../../src/wire/pfcp.js'
import * as code from '../../src/wire/pfcp-code.js'
import { isGrouped, PfcpIeCursor } from '../../src/wire/pfcp-ie.js'
import { type PfcpMessage, readPfcp } from '../../src/wire/pfcp-message.js'
import { hex } from '../helpers/hex.js'
import { hostile } from '../wire-wap/hostile.js'
import { asText, lengthsAtMost } from './hostile-lengths.js'
import { ie, sessionMessage } from './pfcp-builder.js'

const fault = new Fault()

function read(octets: Uint8Array): PfcpMessage {
  const message = readPfcp(octets, 0, octets.length, fault)
  if (message === undefined) throw new RangeError(`not read: ${fault.key}`)
  return message
}

t.test('header with SEID, priority and sequence number', async t => {
  const octets = hex(`
    23 32 000d          # version 1, MP, S; Session Establishment Request; Length
    ffffffff00000001    # SEID, top bit set
    a1b2c3 f0           # Sequence Number, Message Priority 15
    aa`)
  const h = new PfcpHeader()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.match(h, { type: 50, hasSeid: true, sequence: 0xa1b2c3, priority: 15, ieOff: 16, end: 17 })
  t.equal(seidText(octets, h.seidOff), '0xffffffff00000001')
  t.notOk(h.followOn)
})

t.test('header of a node message; octets behind Length are not part of it', async t => {
  const octets = hex('20 01 000c 000007 00 0060 0004 e94a3c00 ffff')
  const h = new PfcpHeader()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.match(h, { type: 1, hasSeid: false, seidOff: -1, priority: -1, ieOff: 8, end: 16 })
})

t.test('headers that are none', async t => {
  const h = new PfcpHeader()
  const say = (text: string) => {
    const octets = hex(text)
    return `${h.decode(octets, 0, octets.length, fault)} ${fault.code === 0 ? '' : fault.key}`
  }
  t.equal(say('40 01 000c 000007 00'), 'false pfcp/unsupported', 'version 2')
  t.equal(say('20 01 0003 000007 00'), 'false pfcp/bad-length', 'Length without the sequence')
  t.equal(
    say('21 32 0004 00000000 00000000 000001 00'),
    'false pfcp/bad-length',
    'without the SEID',
  )
  t.equal(say('21 32 000c 00000000 00000000'), 'false pfcp/truncated', 'cut within the header')
  t.equal(say('21 32 ffff 00000000 00000000 000001 00'), 'true pfcp/truncated', 'Length 65535')
  t.equal(h.end, 16)
})

t.test('FO: the next message begins where the first ends (7.2.2.2)', async t => {
  const octets = hex('24 01 000c 000007 00 0060 0004 e94a3c00  20 02 0004 000008 00')
  const first = read(octets)
  t.match(first, { type: 1, followOn: true, end: 16 })
  const second = readPfcp(octets, first.end, octets.length, fault)
  t.match(second, { type: 2, sequence: 8, followOn: false, end: 24 })
})

t.test('elements: vendor, empty, too long', async t => {
  const octets = hex(`
    8006 0006 48f9 01020304   # vendor 18681 (Travelping), its Enterprise ID counted in the Length
    0016 0000                 # empty Network Instance
    013f 0001 03              # a type above 255
    8001 0001 00              # a vendor's without an Enterprise ID
    0013 0001 01`)
  const cursor = new PfcpIeCursor()
  fault.clear()
  cursor.open(0, octets.length)
  t.ok(cursor.next(octets, fault))
  t.match(cursor, { type: 0x8006, enterprise: 18681, off: 6, end: 10 })
  t.ok(cursor.next(octets, fault))
  t.match(cursor, { type: 22, enterprise: 0, off: 14, end: 14 })
  t.ok(cursor.next(octets, fault))
  t.match(cursor, { type: 319, enterprise: 0, off: 18, end: 19 })
  t.notOk(cursor.next(octets, fault))
  t.equal(fault.key, 'pfcp-ie/bad-length')
  t.notOk(cursor.next(octets, fault), 'nothing after a fault')
  t.notOk(isGrouped(0x8001), 'what a vendor groups is not known')
})

/** A subscriber with a redirected and a metered PDR. */
const establishment = sessionMessage(
  PfcpType.SessionEstablishmentRequest,
  '0000000000000000',
  ie(60, '00 0a000001'), // Node ID, IPv4
  ie(57, '02 8000000000000001 0a000001'), // F-SEID, V4
  ie(113, '01'), // PDN Type IPv4
  ie(
    1, // Create PDR
    ie(56, '0001'), // PDR ID 1
    ie(29, '000000ff'), // Precedence 255
    ie(
      2, // PDI
      ie(20, '00'), // Source Interface: access
      ie(21, '01 80000001 0a000002'), // F-TEID, V4, top bit set
      ie(22, '08 696e7465726e6574'), // Network Instance as an APN: internet
      ie(93, '02 0a2d0001'), // UE IP Address, source
      ie(23, '01 00 000a 7065726d6974206f7574'), // SDF Filter: FD
    ),
    ie(95, '00'), // Outer Header Removal: GTP-U/UDP/IPv4
    ie(108, '00000001'), // FAR ID 1
    ie(81, '80000001'), // URR ID, predefined by the UP function
    ie(109, '00000004'), // QER ID
  ),
  ie(
    3, // Create FAR
    ie(108, '00000001'),
    ie(44, '02'), // Apply Action: FORW
    ie(
      4, // Forwarding Parameters
      ie(42, '01'), // Destination Interface: core
      ie(38, '02 0014 687474703a2f2f7061792e6578616d706c652f78'), // Redirect Information: URL
      ie(41, '02 6162'), // Forwarding Policy
    ),
  ),
  ie(
    6, // Create URR
    ie(81, '80000001'),
    ie(62, '03'), // Measurement Method: DURAT, VOLUM
    ie(37, '020180'), // Reporting Triggers: VOLTH, VOLQU, bit 23
    ie(31, '01 0000000000100000'), // Volume Threshold: total
    ie(73, '06 0000000000000400 0020000000000001'), // Volume Quota: up and down
    ie(74, '00000e10'), // Time Quota 3600 s
    ie(108, '00000002'), // FAR ID for Quota Action
  ),
  ie(
    7, // Create QER
    ie(109, '00000004'),
    ie(25, '04'), // Gate Status: up closed, down open
    ie(26, '0000000100 ffffffffff'), // MBR
  ),
  ie(141, '05 08 64001132547698f0 06 682143658719'), // User ID: IMSI, MSISDN
  ie(159, '08 696e7465726e6574'), // APN/DNN
  ie(257, '01 010203'), // S-NSSAI
)

t.test('Session Establishment Request', async t => {
  const message = read(establishment)
  t.equal(fault.code, FaultCode.None)
  t.match(message, {
    type: PfcpType.SessionEstablishmentRequest,
    seid: '0x0000000000000000',
    sequence: 1,
    nodeId: { type: 0, text: '10.0.0.1' },
    fSeid: { seid: '0x8000000000000001', v4: '10.0.0.1', v6: undefined },
    pdnType: 1,
    dnn: 'internet',
    sNssai: '1-010203',
    userId: { imsi: '460011234567890', msisdn: '861234567891', imei: undefined },
  })
  t.strictSame(message.pdrs, [
    {
      operation: 'create',
      pdrId: 1,
      precedence: 255,
      pdi: {
        sourceInterface: code.PfcpInterface.Access,
        fTeids: [
          {
            teid: 0x8000_0001 | 0,
            v4: '10.0.0.2',
            v6: undefined,
            choose: false,
            chooseId: undefined,
          },
        ],
        networkInstance: 'internet',
        ueIps: [
          {
            v4: '10.45.0.1',
            v6: undefined,
            destination: false,
            delegatedBits: undefined,
            prefixLength: undefined,
            choose: false,
          },
        ],
        sdfFilters: [
          {
            flow: 'permit out',
            tosTrafficClass: undefined,
            spi: undefined,
            flowLabel: undefined,
            filterId: undefined,
          },
        ],
        applicationId: undefined,
        qfis: [],
        trafficEndpointIds: [],
      },
      fTeids: [],
      ueIps: [],
      outerHeaderRemoval: 0,
      farId: 1,
      urrIds: [0x8000_0001],
      qerIds: [4],
      activated: [],
      deactivated: [],
    },
  ])
  t.match(message.fars[0], {
    operation: 'create',
    farId: 1,
    action: code.PfcpAction.Forward,
    forwarding: {
      destinationInterface: code.PfcpInterface.Core,
      redirect: { type: 2, address: 'http://pay.example/x', other: '' },
      forwardingPolicy: 'ab',
    },
  })
  t.match(message.urrs[0], {
    urrId: 0x8000_0001,
    method: 3,
    triggers: 0x80_0102,
    volumeThreshold: { total: 1048576n, up: undefined },
    volumeQuota: { total: undefined, up: 1024n, down: 9007199254740993n },
    timeQuotaS: 3600,
    timeThresholdS: undefined,
    quotaFarId: 2,
  })
  const triggers = code.flagNames(code.reportingTriggerFlags, 0x80_0102)
  t.strictSame(triggers, ['VOLTH', 'VOLQU', 'bit 23'])
  t.match(message.qers[0], {
    qerId: 4,
    gateUp: code.PfcpGate.Closed,
    gateDown: code.PfcpGate.Open,
    mbr: { upKbps: 256, downKbps: 1_099_511_627_775 },
    gbr: undefined,
  })
})

t.test('Session Establishment Response: what the UP function chose', async t => {
  const message = read(
    sessionMessage(
      PfcpType.SessionEstablishmentResponse,
      '8000000000000001',
      ie(19, '01'), // Cause: accepted
      ie(57, '02 0000000000000002 0a000002'), // F-SEID
      ie(
        8, // Created PDR
        ie(56, '0001'),
        ie(21, '01 ffffffff 0a000003'), // Local F-TEID
        ie(93, '41 20010db8000000000000000000000000 38'), // UE IP Address: V6, IP6PL /56
      ),
    ),
  )
  t.equal(fault.code, FaultCode.None)
  t.match(message, { cause: 1, seid: '0x8000000000000001' })
  t.match(message.pdrs, [
    {
      operation: 'created',
      pdrId: 1,
      fTeids: [{ teid: -1, v4: '10.0.0.3' }],
      ueIps: [{ v6: '2001:db8::', prefixLength: 56 }],
    },
  ])
})

t.test('rejection: cause, offending element, failed rule', async t => {
  const octets = hex(`
    21 35 0022              # Session Modification Response
    8000000000000001 000002 00
    0013 0001 49            # Cause 73
    0028 0002 0015          # Offending IE: F-TEID
    0072 0003 00 0007       # Failed Rule ID: PDR 7
    0060 0000               # empty Recovery Time Stamp`)
  const message = read(octets)
  t.equal(message.end, octets.length)
  t.equal(fault.code, FaultCode.None)
  t.match(message, { cause: 73, offendingIes: [21], failedRules: [{ type: 0, id: 7 }] })
  t.equal(message.recoveryS, undefined, 'an empty element is none')
  t.equal(code.pfcpCauseName(73), 'Rule creation/modification Failure')
  t.equal(code.pfcpCauseName(200), 'cause 200')
  t.notOk(code.pfcpCauseAccepts(73))
  t.ok(code.pfcpCauseAccepts(2))
})

t.test('F-TEID to be chosen; traffic endpoint; update and removal', async t => {
  const message = read(
    sessionMessage(
      PfcpType.SessionModificationRequest,
      '0000000000000002',
      ie(
        9, // Update PDR
        ie(56, '0001'),
        ie(2, ie(21, '0d 05')), // F-TEID: CH, CHID, and V4 for the kind of address
        ie(106, '6161'), // Activate Predefined Rules
      ),
      ie(15, ie(56, '0002')), // Remove PDR
      ie(
        10, // Update FAR
        ie(108, '00000001'),
        ie(44, '0601'), // Apply Action of two octets: FORW, BUFF; EDRT
        ie(
          11, // Update Forwarding Parameters
          ie(42, '00'),
          ie(84, '0100 80000009 0a000004 0000'), // Outer Header Creation, and two octets behind it
        ),
      ),
      ie(127, ie(131, '07'), ie(21, '01 00000005 0a000005')), // Create Traffic Endpoint
      ie(77, ie(81, '00000009')), // Query URR
    ),
  )
  t.equal(fault.code, FaultCode.None)
  t.match(message.pdrs, [
    {
      operation: 'update',
      pdi: { fTeids: [{ choose: true, chooseId: 5, teid: undefined }] },
      activated: ['aa'],
    },
    { operation: 'remove', pdrId: 2 },
  ])
  t.match(message.fars[0], {
    operation: 'update',
    action: 0x106,
    forwarding: {
      destinationInterface: 0,
      outerHeader: { description: 0x0100, teid: 0x8000_0009 | 0, v4: '10.0.0.4' },
    },
  })
  t.strictSame(code.flagNames(code.applyActionFlags, 0x106), ['FORW', 'BUFF', 'EDRT'])
  t.match(message.trafficEndpoints, [
    { operation: 'create', id: 7, pdi: { fTeids: [{ teid: 5 }] } },
  ])
  t.strictSame(message.queriedUrrIds, [9])
})

const report = sessionMessage(
  PfcpType.SessionReportRequest,
  '8000000000000001',
  ie(39, '06'), // Report Type: USAR, ERIR
  ie(
    80, // Usage Report
    ie(81, '00000009'),
    ie(104, '00000003'), // UR-SEQN
    ie(63, '000100'), // Trigger: VOLQU
    ie(75, 'e94a3c00'), // Start Time
    ie(76, '00000001'), // End Time: the second era
    ie(66, '05 ffffffffffffffff 0000000000000400'), // Volume: total and down
    ie(67, '0000003c'), // 60 s
  ),
  ie(99, ie(21, '01 80000001 0a000002')), // Error Indication Report
)

t.test('Session Report Request: usage', async t => {
  const message = read(report)
  t.equal(fault.code, FaultCode.None)
  t.equal(pfcpTypeName(message.type), 'Session Report Request')
  t.equal(pfcpTypeName(99), 'message 99')
  t.strictSame(code.flagNames(code.reportTypeFlags, message.reportType ?? 0), ['USAR', 'ERIR'])
  t.match(message.usage, [
    {
      urrId: 9,
      sequence: 3,
      triggers: 0x100,
      startS: 1_704_967_552,
      endS: 2_085_978_497,
      volume: { total: 2n ** 64n - 1n, up: undefined, down: 1024n },
      durationS: 60,
    },
  ])
  t.match(message.errorIndications, [{ teid: 0x8000_0001 | 0, v4: '10.0.0.2' }])
})

t.test('a value that is too short is a fault and no value; the others are read', async t => {
  const message = read(
    sessionMessage(
      PfcpType.SessionModificationRequest,
      '0000000000000002',
      ie(1, ie(2, ie(21, '01 80')), ie(56, '0007')), // F-TEID of two octets
      ie(38, '02 00ff'), // an address of 255 octets, where no redirection belongs
      ie(19, ''),
    ),
  )
  t.equal(fault.key, 'pfcp-ie/bad-length')
  t.match(fault, { need: 5, have: 2 })
  t.match(message.pdrs, [{ pdrId: 7, pdi: { fTeids: [] } }])
  t.equal(message.cause, undefined, 'an empty element is none')
})

function all(buf: Uint8Array, off: number, end: number): string {
  const message = readPfcp(buf, off, end, fault)
  const where = `${fault.key} ${fault.code === FaultCode.None ? '' : fault.at - off}`
  if (message === undefined) return where
  if (message.end > end || message.end < off) throw new RangeError('end outside')
  return `${asText({ ...message, end: message.end - off })} ${where}`
}

t.test('cut, mutated and with lengths of 65535', async t => {
  for (const [name, octets] of [
    ['establishment', establishment],
    ['report', report],
  ] as const) {
    hostile(t, name, octets, all)
    lengthsAtMost(t, name, octets, all)
    for (let end = 0; end < octets.length; end++) {
      readPfcp(octets, 0, end, fault)
      if (fault.code === FaultCode.None) t.fail(`${name}: a cut at ${end} was not noticed`)
    }
  }
})
