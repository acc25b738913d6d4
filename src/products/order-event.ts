/** What billing would say of an order: a renewal that is accepted, in force, or taken back. */

import { monthText } from '../rating/calendar.js'
import type { BusinessEvent } from '../record/business-event.js'
import { utcTime } from '../record/time.js'
import { type Catalogue, type Product, scopeText } from './catalogue.js'
import type { Order } from './order.js'
import { identityOf, type Subscriber } from './subscribers.js'

export function orderEvent(
  order: Order,
  subscriber: Subscriber,
  product: Product | undefined,
  status: 'accepted' | 'provisioned' | 'reversed',
  nowUs: number,
  { calendar }: Catalogue,
): BusinessEvent {
  const ts = utcTime(nowUs)
  return {
    schema: 'tollgate.business-event/1',
    event_id: `order-${order.id}-${status}`,
    type: status === 'reversed' ? 'reversal' : 'renewal',
    ...identityOf(subscriber),
    ts_event: ts,
    ts_recv: ts,
    month: monthText(calendar.monthOf(nowUs)),
    package_id: order.product,
    order_id: order.id,
    ...(status === 'provisioned' && { effective_ts: ts }),
    status,
    ...(product && { scope: scopeText(product), volume_bytes: product.volume }),
  }
}
