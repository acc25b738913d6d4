/** Short messages to an SMSC of others (on Net::SMPP), with receipts and faults. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Dispatcher, defaultDispatch } from '../../src/notify/dispatcher.js'
import type { Notice } from '../../src/notify/notice.js'
import { NoticeStore } from '../../src/notify/notice-store.js'
import { SmppChannel, type SmppSettings } from '../../src/notify/smpp-channel.js'
import { freePort, perlSmsc, until, withSmsc } from './peers.js'

t.setTimeout(120_000)

const text = '您已成功续订流量。系统发现您的手机仍未恢复上网,请打开飞行模式30秒后关闭,或重启手机。'
const times = {
  connectMs: 3000,
  responseMs: 3000,
  enquireMs: 200,
  reconnectMs: 50,
  reconnectMostMs: 200,
}

function settings(port: number, more: Partial<SmppSettings> = {}): SmppSettings {
  const url = `smpp://127.0.0.1:${port}`
  return {
    login: { url, systemId: 'tollgate', password: 'secret', systemType: '' },
    sender: '10086',
    perSecond: 1000,
    receiptIds: 'same',
    times,
    ...more,
  }
}

function noticeTo(msisdn: string, words = text): Notice {
  return {
    id: 1,
    kind: 'first',
    state: 'sending',
    caseId: 'case-1',
    imsi: '001010000000017',
    msisdn,
    cause: 'C4',
    renewedUs: 0,
    text: words,
    dueUs: 0,
    attempts: 1,
    messageId: '',
    reason: '',
    createdUs: 0,
    changedUs: 0,
  }
}

function channelTo(t: Test, port: number, more: Partial<SmppSettings> = {}): SmppChannel {
  const channel = new SmppChannel(settings(port, more))
  t.teardown(() => channel.close())
  return channel
}

withSmsc(t, () => {
  t.test('what arrives is the text, in parts that name each other', async t => {
    const port = await freePort()
    const smsc = await perlSmsc(t, port)
    const channel = channelTo(t, port)
    const words = text.repeat(3)
    t.match(await channel.send(noticeTo('8613800000011', words)), { kind: 'accepted' })
    const count = Math.ceil(words.length / 67)
    await smsc.took(count)
    const parts = smsc.submitted.map(line => {
      const [, to, from, coding, esmClass, receipt, hex] =
        /^submit (\d+) from (\d+) coding (\d+) class (\d+) receipt (\d) ([0-9a-f]+)$/.exec(line) ??
        []
      t.strictSame([to, from, coding, esmClass], ['8613800000011', '10086', '8', '64'])
      return { receipt, octets: Buffer.from(hex ?? '', 'hex') }
    })
    t.equal(parts.length, count)
    t.strictSame(
      parts.map(({ receipt }) => receipt),
      parts.map((_, i) => (i === parts.length - 1 ? '1' : '0')),
    )
    const joined = parts.map(({ octets }) => octets.subarray(6).swap16().toString('utf16le'))
    t.equal(joined.join(''), words)
    t.strictSame(
      parts.map(({ octets }) => [...octets.subarray(0, 6)]),
      parts.map((_, i) => [5, 0, 3, parts[0]?.octets[3], parts.length, i + 1]),
    )
    t.match(await channel.send(noticeTo('8613800000011', 'Turn @ on {now}')), { kind: 'accepted' })
    await smsc.took(count + 1)
    const last = smsc.submitted.at(-1) ?? ''
    t.match(last, / coding 0 class 0 receipt 1 /)
    t.ok(last.endsWith(Buffer.from('Turn \0 on \x1b\x28now\x1b\x29', 'latin1').toString('hex')))
  })

  t.test('receipts, throttling, refusals, silence, cut connections', async t => {
    const port = await freePort()
    const smsc = await perlSmsc(t, port)
    const channel = channelTo(t, port, { receiptIds: 'hex-decimal' })
    const receipts: string[] = []
    channel.onReceipt = one => receipts.push(`${one.messageId} ${one.delivered} ${one.reason}`)
    const send = (msisdn: string) => channel.send(noticeTo(msisdn, 'x'))
    const last = '000000001'
    t.match(await send(`86${last}3`), { kind: 'later', reason: 'ESME_RTHROTTLED' })
    t.match(await send(`86${last}3`), { kind: 'accepted' })
    t.match(await send(`86${last}4`), { kind: 'refused', reason: 'ESME_RINVDSTADR' })
    t.match(await send(''), { kind: 'refused', reason: /MSISDN/ })
    const seven = await send(`86${last}7`)
    t.match(seven, { kind: 'accepted' })
    const id = seven.kind === 'accepted' ? seven.messageId : ''
    await until(
      () => receipts.includes(`${id} true DELIVRD`),
      () => `${id} in ${receipts}`,
    )
    t.match(await send(`86${last}5`), { kind: 'uncertain', reason: 'no response' })
    t.match(await send(`86${last}6`), { kind: 'uncertain', reason: /connection was lost/ })
    await until(
      () => /closed/.test(smsc.out),
      () => smsc.out,
    )
    t.match(await send(`86${last}1`), { kind: 'accepted' }, 'connected again')
    await smsc.said(/enquire/)
    await channel.close()
    await smsc.said(/unbind/)
  })

  t.test('an SMSC that is not there, then says no, then is', async t => {
    const port = await freePort()
    const channel = channelTo(t, port)
    const stranger = channelTo(t, port, {
      login: { ...settings(port).login, password: 'wrong' },
    })
    t.match(await channel.send(noticeTo('8613800000011')), {
      kind: 'later',
      reason: /ECONNREFUSED/,
    })
    t.match(await channel.send(noticeTo('8613800000011')), { kind: 'later' }, 'it waits')
    await perlSmsc(t, port)
    t.match(await stranger.send(noticeTo('8613800000011')), {
      kind: 'later',
      reason: /bind refused: ESME_RINVPASWD/,
    })
    let answer = await channel.send(noticeTo('8613800000011'))
    const end = performance.now() + 5000
    while (answer.kind === 'later' && performance.now() < end) {
      answer = await channel.send(noticeTo('8613800000011'))
    }
    t.match(answer, { kind: 'accepted' })
  })

  t.test('no more a second than agreed', async t => {
    const port = await freePort()
    const smsc = await perlSmsc(t, port)
    const channel = channelTo(t, port, { perSecond: 20 })
    const from = performance.now()
    for (let i = 0; i < 11; i++) await channel.send(noticeTo('8613800000011', 'x'))
    t.ok(performance.now() - from >= 490, 'ten waits of 50 ms')
    await smsc.took(11)
  })

  t.test('from the case to the receipt', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-sms-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const port = await freePort()
    await perlSmsc(t, port)
    const store = new NoticeStore(join(folder, 'notices.db'))
    t.teardown(() => store.close())
    const channel = channelTo(t, port)
    const nowUs = Date.parse('2026-11-22T12:00:00Z') * 1000
    const dispatcher = new Dispatcher(store, channel, defaultDispatch, () => nowUs)
    channel.onReceipt = receipt => dispatcher.receipt(receipt)
    const blocked = { caseId: 'a', cause: 'C4', renewedUs: nowUs - 1, text }
    dispatcher.blocked({ ...blocked, imsi: '1', msisdn: '8613800000011' })
    dispatcher.blocked({ ...blocked, caseId: 'b', imsi: '2', msisdn: '8613800000022' })
    await dispatcher.run()
    const stateOf = (caseId: string) => store.ofCase(caseId)[0]
    await until(
      () => stateOf('b')?.state === 'undelivered' && stateOf('a')?.state === 'delivered',
      () => JSON.stringify([stateOf('a'), stateOf('b')]),
    )
    t.equal(stateOf('b')?.reason, 'EXPIRED err 027')
  })
})
