/** Random signalling, some of it damaged: whatever comes, the tables stay consistent. Seeded. */

import t from 'tap'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { gtp0, gtp1, gtp2, ie1, ie2, tid } from './message-builder.js'
import { request1, response1, Stage } from './stage.js'

const imsis = Array.from({ length: 6 }, (_, i) => `46001123456789${i}`)
const nodes = ['10.1.0.1', '10.1.0.2', '10.2.0.1', '10.2.0.2', '2001:db8:0:0:0:0:0:9']

class Storm {
  readonly stage = new Stage({ maxContexts: 12, maxTransactions: 40, responseTimeoutUs: 200_000 })
  readonly open = new Set<string>()
  readonly problems: string[] = []
  #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  below(n: number): number {
    this.#seed ^= this.#seed << 13
    this.#seed ^= this.#seed >>> 17
    this.#seed ^= this.#seed << 5
    return (this.#seed >>> 0) % n
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** Small numbers: everything collides with everything. */
  teid(): number {
    return this.below(4) + (this.below(3) === 0 ? 0x80000000 : 0)
  }

  message(): Uint8Array {
    const sequence = this.below(5)
    const imsi = this.pick(imsis)
    const nsapi = 5 + this.below(3)
    const who = { imsi, nsapi, teidDown: this.teid(), teidUp: this.teid() }
    const node = this.pick(nodes)
    const cause = this.pick([128, 128, 128, 192, 199])
    const cause2 = this.pick([16, 16, 16, 64, 72])
    const name = tid(imsi, nsapi)
    const bearer = ie2.bearer([
      ie2.ebi(nsapi),
      ie2.cause(cause2),
      ie2.fTeid(this.below(8), this.teid(), node),
      ie2.fTeid(this.below(8), this.teid(), this.pick(nodes)),
    ])
    const control = ie2.fTeid(this.pick([6, 7, 10, 11]), this.teid(), node)
    switch (this.below(18)) {
      case 0:
      case 1:
        return request1({ ...who, sgsn: node, recovery: this.below(3) }, sequence)
      case 2:
      case 3:
        return response1({ ...who, ggsn: node }, sequence, cause)
      case 4:
        return gtp1(
          18,
          this.teid(),
          sequence,
          ie1.teidData(this.teid()),
          ie1.nsapi(nsapi),
          ie1.gsn(node),
        )
      case 5:
        return gtp1(19, this.teid(), sequence, ie1.cause(cause), ie1.teidData(this.teid()))
      case 6:
        return gtp1(
          20,
          this.teid(),
          sequence,
          ...(this.below(2) ? [ie1.teardown()] : []),
          ie1.nsapi(nsapi),
        )
      case 7:
        return gtp1(21, this.teid(), sequence, ie1.cause(cause))
      case 8:
        return gtp1(26, 0, 0, ie1.teidData(this.teid()), ie1.gsn(node))
      case 9:
        return gtp1(2, 0, sequence, ie1.recovery(this.below(3)))
      case 10:
        return gtp1(
          16,
          this.teid(),
          sequence,
          ie1.teidData(this.teid()),
          ie1.nsapi(7),
          ie1.nsapi(nsapi),
          ie1.gsn(node),
        )
      case 11:
        return gtp0(
          this.pick([16, 17, 18, 19, 20, 21, 26]),
          name,
          sequence,
          ie1.cause(cause),
          ie1.flowData(1),
          ie1.gsn(node),
        )
      case 12:
        return gtp2(32, 0, sequence, [ie2.imsi(imsi), control, bearer])
      case 13:
        return gtp2(33, this.teid(), sequence, [
          ie2.cause(cause2),
          control,
          ie2.paa4('10.7.0.1'),
          bearer,
        ])
      case 14:
        return gtp2(this.pick([34, 95, 97, 211]), this.teid(), sequence, [ie2.ebi(nsapi), bearer])
      case 15:
        return gtp2(this.pick([35, 96, 98, 212]), this.teid(), sequence, [
          ie2.cause(cause2),
          bearer,
        ])
      case 16:
        return gtp2(this.pick([36, 99, 170, 38]), this.teid(), sequence, [
          ie2.ebi(nsapi, this.below(2)),
        ])
      default:
        return gtp2(this.pick([37, 100, 171, 39]), this.teid(), sequence, [ie2.cause(cause2)])
    }
  }

  step(): void {
    const octets = this.message()
    if (this.below(8) === 0) octets[this.below(octets.length)] = this.below(256)
    const cut = this.below(10) === 0 ? this.below(octets.length) + 1 : octets.length
    const from = this.pick(nodes)
    const to = this.pick(nodes)
    // both of one IP version, as on the wire
    const peer = from.includes(':') === to.includes(':') ? to : from
    const kind = octets[1] === 26 ? PacketKind.GtpUserSignal : PacketKind.GtpControl
    this.stage.send(octets.subarray(0, cut), from, peer, kind)
    this.stage.nowUs += this.below(20_000)
  }

  /** The pipeline's view: every open is closed once, and nothing leads to what is closed. */
  check(n: number): void {
    for (const call of this.stage.calls.splice(0)) {
      const [what, instance] = call.split(' ')
      if (what === 'open' && this.open.has(instance!)) this.problems.push(`${n}: twice ${call}`)
      if (what !== 'open' && !this.open.has(instance!)) this.problems.push(`${n}: late ${call}`)
      if (what === 'open') this.open.add(instance!)
      if (what === 'close') this.open.delete(instance!)
    }
    const live = this.stage.live().map(c => String(c.context))
    if (live.length !== this.open.size || live.some(c => !this.open.has(c))) {
      this.problems.push(`${n}: live ${live} but open ${[...this.open]}`)
    }
    if (live.length > 12) this.problems.push(`${n}: ${live.length} contexts`)
    const { endpoints } = this.stage.sessions.contexts
    this.stage.sessions.contexts.forEach((row, context) => {
      let nodesOfRow = 0
      for (let e = endpoints.firstOf(row); e >= 0; e = endpoints.nextOf(e)) {
        nodesOfRow++
        if (endpoints.contextOf(e) !== row) this.problems.push(`${n}: endpoint of another row`)
        if (nodesOfRow > 100) throw new Error(`endless list of context ${context.context}`)
      }
    })
    if (n % 16 !== 0) return
    for (const node of nodes) {
      const from = node.includes(':') ? nodes[4]! : nodes[0]!
      for (let teid = 0; teid < 4; teid++) {
        // throws when a tunnel leads to a row that is not in use
        this.stage.gPdu(node, teid, from)
        this.stage.gPdu(node, teid + 0x80000000, from)
      }
    }
  }
}

const kinds = new Set<string>()

for (const seed of [0x2545f491, 0x1234567, 0x7fffffff]) {
  t.test(`4,000 messages from seed ${seed.toString(16)}`, async t => {
    const storm = new Storm(seed)
    for (let n = 0; n < 4000; n++) {
      storm.step()
      storm.check(n)
    }
    t.strictSame(storm.problems, [])
    const { created, closed } = storm.stage.sessions.counts
    t.equal(created - closed, storm.open.size)
    t.ok(created > 250, `${created} contexts came`)
    for (const kind of storm.stage.kinds()) kinds.add(kind)
    storm.stage.sessions.expire(Infinity)
    storm.stage.sessions.end()
  })
}

t.test('the storm reached everything', async t => {
  t.equal(kinds.size, 9, `all kinds of events: ${[...kinds]}`)
})
