/** A charging record as lines of a bill: one a service container and one a container of the whole bearer. */

import type { ChargingRecord } from '../wire/charging-record.js'
import { type ChargedUsage, nobody } from './charged-usage.js'

const us = 1e6

export function usageOfRecord(record: ChargingRecord): ChargedUsage[] {
  const { openingS, durationS } = record
  const firstUs = openingS < 0 ? -1 : openingS * us
  const lastUs = openingS < 0 ? -1 : (openingS + Math.max(durationS, 0)) * us
  const whole = {
    ...nobody,
    source: record.kind,
    imsi: record.imsi,
    msisdn: record.msisdn,
    apn: record.apn,
    chargingId: record.chargingId,
    gateway: record.gateway,
    ue: record.ueV4 || record.ueV6,
    firstUs,
    lastUs,
  }
  const volumes = record.volumes.map(({ octetsUp, octetsDown }) => ({
    ...whole,
    octetsUp,
    octetsDown,
    octets: octetsUp + octetsDown,
  }))
  const services = record.services.map(service => ({
    ...whole,
    ratingGroup: service.ratingGroup,
    serviceIdentifier: service.serviceIdentifier,
    octetsUp: service.octetsUp,
    octetsDown: service.octetsDown,
    octets: service.octetsUp + service.octetsDown,
    firstUs: service.firstS < 0 ? firstUs : service.firstS * us,
    lastUs: service.lastS < 0 ? lastUs : service.lastS * us,
  }))
  return [...volumes, ...services]
}
