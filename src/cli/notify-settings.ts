/** Settings of notices to subscribers: `--notify FILE` (docs/blocked-after-renewal.md). Secrets are in files of their
 * own, so that this one can be shown. */

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { receiptIds } from '../notify/delivery-receipt.js'
import { type DispatchSettings, defaultDispatch } from '../notify/dispatcher.js'
import { FileChannel } from '../notify/file-channel.js'
import type { Channel } from '../notify/notice.js'
import { SmppChannel } from '../notify/smpp-channel.js'
import { WebhookChannel } from '../notify/webhook-channel.js'
import { terminalText } from '../record/text.js'
import { exitCode, Failure } from './fail.js'
import { readSettings } from './settings-file.js'

const minutes = z.number().int().min(1).max(1440)
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'takes HH:MM')
const zone = z.string().refine(isZone, 'takes a time zone, as Asia/Shanghai')
const path = z.string().min(1).max(4096)

const channel = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }),
    secret_file: path.describe('the secret that signs each request'),
    timeout_s: z.number().int().min(1).max(120).default(10),
  }),
  z.strictObject({
    kind: z.literal('smpp'),
    url: z.string().regex(/^s?smpp:\/\/[^/]+$/, 'takes smpp://HOST:PORT or ssmpp://HOST:PORT'),
    system_id: z.string().max(15),
    password_file: path,
    system_type: z.string().max(12).default(''),
    sender: z
      .string()
      .regex(/^(\d{1,20}|[A-Za-z0-9 ]{1,11})$/, 'takes digits, or up to 11 letters'),
    per_second: z.number().min(0.1).max(1000).default(10),
    receipt_ids: z.enum(receiptIds).default('same'),
  }),
])

const settings = z.strictObject({
  store: path.describe('what was sent, so that nobody is told twice'),
  language: z.enum(['zh', 'en']).default('en'),
  channel,
  quiet: z
    .strictObject({ from: clock, to: clock, time_zone: zone })
    .default({ from: '22:00', to: '08:00', time_zone: 'UTC' }),
  follow_up_min: minutes.default(15),
  active_min: minutes.default(5),
  horizon_min: minutes.default(1440),
})

const keys = [
  ...Object.keys(settings.shape),
  ...channel.options.flatMap(one => Object.keys(one.shape)),
  'from',
  'to',
  'time_zone',
]

export interface NotifySetup {
  store: string
  language: 'zh' | 'en'
  dispatch: DispatchSettings
  channel: Channel
}

/** Paths in the file are relative to it. Throws a Failure with exit code 3. */
export function notifySetup(file: string): NotifySetup {
  const read = readSettings(file, settings, keys)
  const near = (name: string) => resolve(dirname(file), name)
  const { quiet, follow_up_min, active_min, horizon_min } = read
  return {
    store: near(read.store),
    language: read.language,
    dispatch: {
      ...defaultDispatch,
      quiet: {
        from: minuteOf(quiet.from),
        to: minuteOf(quiet.to),
        timeZone: quiet.time_zone,
      },
      followUpMs: follow_up_min * 60_000,
      activeMs: active_min * 60_000,
      horizonMs: horizon_min * 60_000,
    },
    channel: channelOf(read.channel, near),
  }
}

function channelOf(one: z.output<typeof channel>, near: (name: string) => string): Channel {
  switch (one.kind) {
    case 'file':
      return new FileChannel(near(one.path))
    case 'webhook': {
      const secret = secretOf(near(one.secret_file))
      return new WebhookChannel({ url: one.url, secret, timeoutMs: one.timeout_s * 1000 })
    }
    case 'smpp':
      return new SmppChannel({
        login: {
          url: one.url,
          systemId: one.system_id,
          password: secretOf(near(one.password_file)),
          systemType: one.system_type,
        },
        sender: one.sender,
        perSecond: one.per_second,
        receiptIds: one.receipt_ids,
      })
  }
}

function secretOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new Failure(exitCode.rules, `${terminalText(file)}: ${code}`)
  }
}

function minuteOf(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number)
  return hours * 60 + rest
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
