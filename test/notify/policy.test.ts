/** Who is told when: once, not at night, once more, not after recovery; over restarts and crashes. The channel is a
 * file or a web server, the clock is the test's. */

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Dispatcher, type DispatchSettings, defaultDispatch } from '../../src/notify/dispatcher.js'
import { FileChannel } from '../../src/notify/file-channel.js'
import type { BlockedCase, Channel, Notice } from '../../src/notify/notice.js'
import { NoticeStore } from '../../src/notify/notice-store.js'
import { signature, WebhookChannel } from '../../src/notify/webhook-channel.js'

const minuteUs = 60_000_000
const noon = Date.parse('2026-11-22T12:00:00Z') * 1000
const evening = Date.parse('2026-11-22T22:30:00Z') * 1000
const morning = Date.parse('2026-11-23T08:00:00Z') * 1000

const one: BlockedCase = {
  caseId: 'case-1',
  imsi: '001010000000017',
  msisdn: '8613800000017',
  cause: 'C4',
  renewedUs: noon - 12 * minuteUs,
  text: '请打开飞行模式30秒后关闭',
}

class Bench {
  nowUs = noon
  readonly folder: string
  readonly states: string[] = []
  store: NoticeStore
  dispatcher: Dispatcher
  readonly #channel: Channel
  readonly #settings: DispatchSettings

  constructor(t: Test, channel?: (folder: string) => Channel, settings = defaultDispatch) {
    this.folder = mkdtempSync(join(tmpdir(), 'tollgate-notify-'))
    this.#channel = channel?.(this.folder) ?? new FileChannel(join(this.folder, 'out.jsonl'))
    this.#settings = settings
    this.store = new NoticeStore(this.database)
    this.dispatcher = this.#start()
    t.teardown(async () => {
      await this.#channel.close()
      this.store.close()
      rmSync(this.folder, { recursive: true })
    })
  }

  get database(): string {
    return join(this.folder, 'notices.db')
  }

  /** As after a new start of the program. */
  restart(): void {
    this.store.close()
    this.store = new NoticeStore(this.database)
    this.dispatcher = this.#start()
  }

  async at(timeUs: number): Promise<number> {
    this.nowUs = timeUs
    return await this.dispatcher.run()
  }

  sent(): Record<string, unknown>[] {
    const text = readFileSync(join(this.folder, 'out.jsonl'), 'utf8')
    return text
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line))
  }

  #start(): Dispatcher {
    return new Dispatcher(
      this.store,
      this.#channel,
      this.#settings,
      () => this.nowUs,
      (notice: Notice) => this.states.push(`${notice.kind} ${notice.state}`),
    )
  }
}

t.test('once for a renewal and cause, once more a quarter of an hour later', async t => {
  const bench = new Bench(t)
  t.ok(bench.dispatcher.blocked(one))
  t.notOk(bench.dispatcher.blocked(one), 'said before')
  const next = await bench.at(noon)
  t.equal(next, noon + 15 * minuteUs)
  bench.restart()
  t.notOk(bench.dispatcher.blocked(one), 'also after a restart')
  await bench.at(next - 1)
  t.equal(bench.sent().length, 1)
  t.equal(await bench.at(next), Number.POSITIVE_INFINITY)
  t.strictSame(
    bench.sent().map(({ kind, msisdn, text }) => [kind, msisdn, text]),
    [
      ['first', one.msisdn, one.text],
      ['follow-up', one.msisdn, one.text],
    ],
  )
  t.ok(bench.dispatcher.blocked({ ...one, cause: 'C7' }), 'another cause is another notice')
  t.ok(bench.dispatcher.blocked({ ...one, renewedUs: noon }), 'and so is another renewal')
  t.equal(statSync(bench.database).mode & 0o777, 0o600, 'numbers in the clear')
})

t.test('nobody is told any more who recovered', async t => {
  const bench = new Bench(t)
  bench.dispatcher.blocked(one)
  await bench.at(noon)
  bench.dispatcher.recovered(one.caseId)
  await bench.at(noon + 60 * minuteUs)
  t.equal(bench.sent().length, 1)
  t.strictSame(bench.states.slice(-1), ['follow-up cancelled'])
})

t.test('not at night, unless the subscriber is trying', async t => {
  const bench = new Bench(t)
  bench.nowUs = evening
  bench.dispatcher.blocked({ ...one, renewedUs: evening - 12 * minuteUs })
  t.equal(await bench.at(evening), morning, 'waits for the morning')
  bench.dispatcher.active(one.imsi)
  await bench.at(evening + minuteUs)
  t.equal(bench.sent().length, 1, 'he tries: now')
  t.equal(bench.store.nextDueUs(), morning, 'the follow-up can wait')
  const other = { ...one, imsi: '001010000000018', renewedUs: evening, activeUs: evening }
  bench.dispatcher.blocked(other)
  await bench.at(evening + 2 * minuteUs)
  t.equal(bench.sent().length, 2, 'tried within five minutes')
})

t.test('a day after the renewal it is too late', async t => {
  const bench = new Bench(t)
  t.notOk(bench.dispatcher.blocked({ ...one, renewedUs: noon - 25 * 60 * minuteUs }))
  bench.dispatcher.blocked(one)
  await bench.at(noon + 25 * 60 * minuteUs)
  t.strictSame(bench.states, ['first expired'])
})

t.test('a file that cannot be written is tried again, later and later', async t => {
  const bench = new Bench(t, folder => new FileChannel(join(folder, 'none', 'out.jsonl')))
  bench.dispatcher.blocked(one)
  const waits: number[] = []
  let now = noon
  for (let i = 0; i < 7; i++) {
    const next = await bench.at(now)
    waits.push((next - now) / 1_000_000)
    now = next
  }
  t.strictSame(waits, [30, 60, 120, 240, 480, 600, 600])
  const [notice] = bench.store.ofCase(one.caseId)
  t.match(notice, { state: 'waiting', attempts: 7, reason: /ENOENT/ })
})

t.test('what was being sent when the program died is not sent again, and is told', async t => {
  const stuck: Channel = {
    name: 'stuck',
    send: () => new Promise(() => undefined),
    close: async () => undefined,
  }
  const bench = new Bench(t, () => stuck)
  bench.dispatcher.blocked(one)
  const running = bench.dispatcher.run()
  bench.restart()
  t.equal(await bench.at(noon + 60 * minuteUs), Number.POSITIVE_INFINITY)
  t.match(bench.store.inState('uncertain'), [{ caseId: one.caseId, reason: /ended while/ }])
  t.ok(running instanceof Promise)
})

t.test('a web server: signed, and each answer means something', async t => {
  const answers = [503, 429, 302, 400, 200]
  const got: { body: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', data => {
      body += String(data)
    })
    request.on('end', () => {
      got.push({ body, headers: request.headers })
      response.writeHead(answers[got.length - 1] ?? 500, { location: 'http://192.0.2.1/' })
      response.end('thanks')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const url = `http://127.0.0.1:${port}/notices`
  const channel = new WebhookChannel({ url, secret: 'k', timeoutMs: 5000 }, () => noon / 1000)
  const notice: Notice = {
    ...one,
    id: 5,
    kind: 'first',
    state: 'sending',
    dueUs: noon,
    attempts: 1,
    messageId: '',
    reason: '',
    createdUs: noon,
    changedUs: noon,
  }
  const outcomes = []
  for (let i = 0; i < answers.length; i++) outcomes.push(await channel.send(notice))
  t.strictSame(
    outcomes.map(({ kind }) => kind),
    ['later', 'later', 'refused', 'refused', 'accepted'],
  )
  const [first] = got
  t.equal(first?.headers['tollgate-signature'], signature('k', noon / 1_000_000, first?.body ?? ''))
  t.equal(first?.headers['idempotency-key'], 'case-1-5')
  t.match(JSON.parse(first?.body ?? ''), {
    msisdn: one.msisdn,
    renewed: '2026-11-22T11:48:00.000Z',
  })
  const nobody = new WebhookChannel({ url: 'http://127.0.0.1:1/', secret: 'k', timeoutMs: 500 })
  t.match(await nobody.send(notice), { kind: 'later', reason: /ECONNREFUSED|bad port/ })
  const silent = createServer(() => undefined)
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.closeAllConnections())
  t.teardown(() => silent.close())
  const there = silent.address()
  const silentUrl = `http://127.0.0.1:${typeof there === 'object' ? there?.port : 0}/`
  const slow = new WebhookChannel({ url: silentUrl, secret: 'k', timeoutMs: 200 })
  t.match(await slow.send(notice), { kind: 'later' })
})
