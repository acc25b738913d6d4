/** Every condition kind, in the order in which schema and README list them. */

import type { Condition } from '../condition.js'
import type { AppFacts, FlowFacts } from '../rule-facts.js'
import { app } from './app.js'
import { apn, rat } from './context-text.js'
import { host, sni } from './host-name.js'
import { hours } from './hours.js'
import { contentType, method, mmsFrom, mmsSubject, path, url, userAgent } from './payload-text.js'
import { port } from './port.js'
import { protocol } from './protocol.js'
import { roaming } from './roaming.js'
import { server, ue } from './server.js'

export const level1Conditions: readonly Condition<FlowFacts>[] = [
  server,
  protocol,
  port,
  apn,
  rat,
  ue,
  roaming,
  hours,
]

export const level2Conditions: readonly Condition<AppFacts>[] = [
  app,
  url,
  host,
  path,
  method,
  sni,
  contentType,
  userAgent,
  mmsFrom,
  mmsSubject,
]
