/** Usage Reporting Rules and Usage Reports: what is counted, where the quota ends, and what was counted.
 * Read 3GPP TS 29.244 clauses 5.2.2, 7.5.2.4 (Create URR), 7.5.4.4 (Update URR), 7.5.5.2, 7.5.7.2 and
 * 7.5.8.3 (Usage Report). Times are seconds since 1970. */

import { PfcpIe, type PfcpIeCursor } from './pfcp-ie.js'
import type { PfcpOperation } from './pfcp-pdr.js'
import * as value from './pfcp-value.js'
import { type PfcpWalk, u8, u32 } from './pfcp-walk.js'

export interface PfcpUrr {
  operation: PfcpOperation
  urrId: number | undefined
  /** flags; see measurementMethodFlags */
  method: number | undefined
  /** flags; see reportingTriggerFlags */
  triggers: number | undefined
  periodS: number | undefined
  volumeThreshold: value.PfcpVolume | undefined
  volumeQuota: value.PfcpVolume | undefined
  subsequentVolumeThreshold: value.PfcpVolume | undefined
  subsequentVolumeQuota: value.PfcpVolume | undefined
  timeThresholdS: number | undefined
  timeQuotaS: number | undefined
  subsequentTimeThresholdS: number | undefined
  subsequentTimeQuotaS: number | undefined
  eventThreshold: number | undefined
  eventQuota: number | undefined
  /** packets of none for so long end the quota */
  quotaHoldingS: number | undefined
  quotaValidityS: number | undefined
  /** packets of none for so long stop the clock of a time measurement */
  inactivityS: number | undefined
  monitoringTimeS: number | undefined
  linkedUrrIds: number[]
  /** FAR ID for Quota Action: what is done with packets once the quota is used up */
  quotaFarId: number | undefined
}

export function readUrr(walk: PfcpWalk, ie: PfcpIeCursor, operation: PfcpOperation): PfcpUrr {
  const urr: PfcpUrr = {
    operation,
    urrId: undefined,
    method: undefined,
    triggers: undefined,
    periodS: undefined,
    volumeThreshold: undefined,
    volumeQuota: undefined,
    subsequentVolumeThreshold: undefined,
    subsequentVolumeQuota: undefined,
    timeThresholdS: undefined,
    timeQuotaS: undefined,
    subsequentTimeThresholdS: undefined,
    subsequentTimeQuotaS: undefined,
    eventThreshold: undefined,
    eventQuota: undefined,
    quotaHoldingS: undefined,
    quotaValidityS: undefined,
    inactivityS: undefined,
    monitoringTimeS: undefined,
    quotaFarId: undefined,
    linkedUrrIds: [],
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.UrrId:
        urr.urrId = walk.value(part, u32)
        return
      case PfcpIe.MeasurementMethod:
        urr.method = walk.value(part, u8)
        return
      case PfcpIe.ReportingTriggers:
        urr.triggers = walk.value(part, value.flagOctets)
        return
      case PfcpIe.MeasurementPeriod:
        urr.periodS = walk.value(part, u32)
        return
      case PfcpIe.VolumeThreshold:
        urr.volumeThreshold = walk.value(part, value.volumeLimit)
        return
      case PfcpIe.VolumeQuota:
        urr.volumeQuota = walk.value(part, value.volumeLimit)
        return
      case PfcpIe.SubsequentVolumeThreshold:
        urr.subsequentVolumeThreshold = walk.value(part, value.volumeLimit)
        return
      case PfcpIe.SubsequentVolumeQuota:
        urr.subsequentVolumeQuota = walk.value(part, value.volumeLimit)
        return
      case PfcpIe.TimeThreshold:
        urr.timeThresholdS = walk.value(part, u32)
        return
      case PfcpIe.TimeQuota:
        urr.timeQuotaS = walk.value(part, u32)
        return
      case PfcpIe.SubsequentTimeThreshold:
        urr.subsequentTimeThresholdS = walk.value(part, u32)
        return
      case PfcpIe.SubsequentTimeQuota:
        urr.subsequentTimeQuotaS = walk.value(part, u32)
        return
      case PfcpIe.EventThreshold:
        urr.eventThreshold = walk.value(part, u32)
        return
      case PfcpIe.EventQuota:
        urr.eventQuota = walk.value(part, u32)
        return
      case PfcpIe.QuotaHoldingTime:
        urr.quotaHoldingS = walk.value(part, u32)
        return
      case PfcpIe.QuotaValidityTime:
        urr.quotaValidityS = walk.value(part, u32)
        return
      case PfcpIe.InactivityDetectionTime:
        urr.inactivityS = walk.value(part, u32)
        return
      case PfcpIe.MonitoringTime:
        urr.monitoringTimeS = walk.value(part, value.ntpSeconds)
        return
      case PfcpIe.FarId:
        urr.quotaFarId = walk.value(part, u32)
        return
      case PfcpIe.LinkedUrrId:
        walk.push(urr.linkedUrrIds, part, u32)
    }
  })
  return urr
}

/** What was counted under one URR since the report before it. */
export interface PfcpUsageReport {
  urrId: number | undefined
  /** UR-SEQN: the number of the report, from 0, of this URR in this session */
  sequence: number | undefined
  /** flags; see usageReportTriggerFlags */
  triggers: number | undefined
  startS: number | undefined
  endS: number | undefined
  volume: value.PfcpVolume | undefined
  durationS: number | undefined
  firstPacketS: number | undefined
  lastPacketS: number | undefined
  ueIp: value.PfcpUeIp | undefined
}

export function readUsageReport(walk: PfcpWalk, ie: PfcpIeCursor): PfcpUsageReport {
  const report: PfcpUsageReport = {
    urrId: undefined,
    sequence: undefined,
    triggers: undefined,
    startS: undefined,
    endS: undefined,
    volume: undefined,
    durationS: undefined,
    firstPacketS: undefined,
    lastPacketS: undefined,
    ueIp: undefined,
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.UrrId:
        report.urrId = walk.value(part, u32)
        return
      case PfcpIe.UrSeqn:
        report.sequence = walk.value(part, u32)
        return
      case PfcpIe.UsageReportTrigger:
        report.triggers = walk.value(part, value.flagOctets)
        return
      case PfcpIe.StartTime:
        report.startS = walk.value(part, value.ntpSeconds)
        return
      case PfcpIe.EndTime:
        report.endS = walk.value(part, value.ntpSeconds)
        return
      case PfcpIe.VolumeMeasurement:
        report.volume = walk.value(part, value.volumeMeasurement)
        return
      case PfcpIe.DurationMeasurement:
        report.durationS = walk.value(part, u32)
        return
      case PfcpIe.TimeOfFirstPacket:
        report.firstPacketS = walk.value(part, value.ntpSeconds)
        return
      case PfcpIe.TimeOfLastPacket:
        report.lastPacketS = walk.value(part, value.ntpSeconds)
        return
      case PfcpIe.UeIpAddress:
        report.ueIp = walk.value(part, value.ueIp)
    }
  })
  return report
}
