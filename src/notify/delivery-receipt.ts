/** Delivery receipts of an SMSC (SMPP 3.4 sections 2.11, 5.2.12, 5.3.2.12, 5.3.2.35 and appendix B: the form that
 * most vendors keep to, here with what they change). */

/** Fields of a deliver_sm, as the package gives them. */
export interface DeliverFields {
  esm_class: number
  short_message?: { message?: string | Buffer }
  receipted_message_id?: string
  /** 5.2.28: 2 delivered, 3 expired, 4 deleted, 5 undeliverable, 8 rejected */
  message_state?: number
}

export interface DeliveryReceipt {
  /** as the SMSC writes it here, which may not be as in its submit_sm_resp */
  messageId: string
  /** undefined while it is on its way */
  delivered: boolean | undefined
  reason: string
}

/** esm_class bits 5 to 2: SMSC delivery receipt. */
const receiptBits = 0x04
const typeMask = 0x3c

const stateWords = [
  '',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
]
const onTheWay: ReadonlySet<string> = new Set(['ENROUTE', 'ACCEPTD', 'UNKNOWN', 'BUFFRED', ''])

/** Undefined for a message that is no receipt (a subscriber's answer), or that names no message. */
export function deliveryReceipt(fields: DeliverFields): DeliveryReceipt | undefined {
  if ((fields.esm_class & typeMask) !== receiptBits) return undefined
  const message = fields.short_message?.message ?? ''
  const text = typeof message === 'string' ? message : message.toString('latin1')
  const word = (name: string) => new RegExp(`\\b${name}:\\s*(\\S+)`, 'i').exec(text)?.[1] ?? ''
  const messageId = (fields.receipted_message_id ?? '').replace(/\0.*$/, '') || word('id')
  if (messageId === '') return undefined
  const state = stateWords[fields.message_state ?? 0] || word('stat').toUpperCase()
  const error = word('err')
  const isBad = error !== '' && !/^0+$/.test(error)
  return {
    messageId,
    delivered: onTheWay.has(state) ? undefined : state === 'DELIVRD',
    reason: isBad ? `${state} err ${error}` : state,
  }
}

/** How an SMSC writes the same number in submit_sm_resp and in receipts: alike, or hexadecimal in the first and decimal
 * in the second. */
export const receiptIds = ['same', 'hex-decimal'] as const
export type ReceiptIds = (typeof receiptIds)[number]

/** The name by which a receipt will find a message that was answered with `id`. */
export function receiptName(id: string, ids: ReceiptIds): string {
  if (ids === 'same' || !/^[0-9a-f]{1,16}$/i.test(id)) return id
  return BigInt(`0x${id}`).toString()
}

/** The same name, from the receipt. */
export function reportedName(id: string, ids: ReceiptIds): string {
  return ids === 'same' || !/^\d{1,20}$/.test(id) ? id : BigInt(id).toString()
}
