/** PFCP elements as fields of `dissect`. Read 3GPP TS 29.244 clause 8.2; the values are read by
 * wire/pfcp-value.ts. A flag has a field only when it is set. */

import type { FieldValue } from '../record/filter/field.js'
import { utcTime } from '../record/time.js'
import type { FieldReader } from '../wire/field-reader.js'
import * as code from '../wire/pfcp-code.js'
import { PfcpIe, type PfcpIeCursor } from '../wire/pfcp-ie.js'
import * as node from '../wire/pfcp-node-value.js'
import * as value from '../wire/pfcp-value.js'
import { type PfcpWalk, u8, u16, u32 } from '../wire/pfcp-walk.js'
import { type FieldList, hexNumber } from './field-list.js'
import type { FieldForm } from './inspector.js'

export type ShowElement = (walk: PfcpWalk, ie: PfcpIeCursor, out: FieldList) => void

const forms: Record<string, FieldForm> = {}

function declare(form: FieldForm, ...names: readonly string[]): void {
  for (const name of names) forms[name] = form
}

function show<T>(
  read: (f: FieldReader) => T,
  add: (out: FieldList, value: T) => void,
): ShowElement {
  return (walk, ie, out) => {
    const found = walk.value(ie, read)
    if (found !== undefined) add(out, found)
  }
}

/** An element of one number. */
function number(name: string, read: (f: FieldReader) => number = u32): ShowElement {
  declare('number', name)
  return show(read, (out, found) => out.add(name, found))
}

function text(name: string, read: (f: FieldReader) => string = value.text): ShowElement {
  declare('text', name)
  return show(read, (out, found) => out.addText(name, found))
}

function time(name: string): ShowElement {
  declare('time', name)
  return show(value.ntpSeconds, (out, seconds) => out.add(name, utcTime(seconds * 1e6)))
}

/** A rule's number: the top bit says who made the rule (8.2.74). */
function ruleId(name: string): ShowElement {
  declare('number', name, `${name}_flg`)
  return show(u32, (out, id) => {
    if (id >= 0x8000_0000) out.add(`${name}_flg`, 1)
    out.add(name, id & 0x7fff_ffff)
  })
}

/** A field `prefix.name` for every flag that is set; `renamed` where Wireshark has another name. */
function flags(
  prefix: string,
  names: readonly string[],
  renamed: Readonly<Record<string, string>> = {},
): ShowElement {
  const fields = names.map(name => renamed[name] ?? `${prefix}.${name.toLowerCase()}`)
  declare('number', ...fields)
  return show(value.flagOctets, (out, bits) => {
    for (const [bit, field] of fields.entries()) if ((bits & (1 << bit)) !== 0) out.add(field, 1)
  })
}

/** 64 bits, as text when a number would round them. */
function count(found: bigint): FieldValue {
  return found <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(found) : found.toString()
}

const counters = [
  ['tovol', 'total'],
  ['ulvol', 'up'],
  ['dlvol', 'down'],
  ['tonop', 'packetsTotal'],
  ['ulnop', 'packetsUp'],
  ['dlnop', 'packetsDown'],
] as const

function volume(prefix: string, read: (f: FieldReader) => value.PfcpVolume): ShowElement {
  const shown = read === value.volumeMeasurement ? counters : counters.slice(0, 3)
  for (const [name] of shown)
    declare(name.endsWith('vol') ? 'octets' : 'number', `${prefix}.${name}`)
  return show(read, (out, found) => {
    for (const [name, key] of shown) {
      const counter = found[key]
      if (counter !== undefined) out.add(`${prefix}.${name}`, count(counter))
    }
  })
}

function addAll(out: FieldList, fields: Readonly<Record<string, FieldValue | undefined>>): void {
  for (const [name, found] of Object.entries(fields)) if (found !== undefined) out.add(name, found)
}

function addFlows(out: FieldList, found: node.PfcpFlows): void {
  for (const flow of found.flows) out.addText('pfcp.flow_desc', flow)
  for (const url of found.urls) out.addText('pfcp.url', url)
  for (const domain of found.domains) out.addText('pfcp.dn', domain)
}

function teid(found: number | undefined): string | undefined {
  return found === undefined ? undefined : hexNumber(found, 8)
}

declare('teid', 'pfcp.f_teid.teid', 'pfcp.outer_hdr_creation.teid')
declare('text', 'pfcp.seid', 'pfcp.node_id_fqdn', 'pfcp.flow_desc', 'pfcp.url', 'pfcp.dn')
declare('text', 'pfcp.redirect_server_address', 'pfcp.other_redirect_server_address')
declare('text', 'pfcp.s_nssai_sst.sst', 'pfcp.s_nssai_sst.sd', 'pfcp.forwarding_policy_id')
declare('address', 'pfcp.f_seid.ipv4', 'pfcp.f_seid.ipv6', 'pfcp.node_id_ipv4', 'pfcp.node_id_ipv6')
declare('address', 'pfcp.upiri.ipv4_addr', 'pfcp.upiri.ipv6_addr')
declare('address', 'pfcp.f_teid.ipv4_addr', 'pfcp.f_teid.ipv6_addr')
declare('address', 'pfcp.ue_ip_addr_ipv4', 'pfcp.ue_ip_addr_ipv6')
declare('address', 'pfcp.outer_hdr_creation.ipv4', 'pfcp.outer_hdr_creation.ipv6')
declare('number', 'pfcp.node_id_type', 'pfcp.f_teid_flags.ch', 'pfcp.f_teid.choose_id')
declare('number', 'pfcp.ue_ip_address_flag.sd', 'pfcp.ue_ip_addr_ipv6_prefix')
declare('number', 'pfcp.ue_ip_addr_ipv6_prefix_length', 'pfcp.sdf_filter_id')
declare('number', 'pfcp.outer_hdr_desc', 'pfcp.outer_hdr_creation.port')
declare(
  'number',
  'pfcp.redirect_address_type',
  'pfcp.gate_status.ulgate',
  'pfcp.gate_status.dlgate',
)
declare('number', 'pfcp.ul_mbr', 'pfcp.dl_mbr', 'pfcp.ul_gbr', 'pfcp.dl_gbr')
declare('number', 'pfcp.failed_rule_id_type')
declare('imsi', 'e212.imsi', 'pfcp.user_id.supi')
declare('imei', 'pfcp.user_id.imei', 'pfcp.user_id.pei')
declare('msisdn', 'e164.msisdn', 'pfcp.user_id.gpsi', 'pfcp.user_id.nai')

/** By the Failed Rule ID Type of 8.2.80. */
const failedRuleFields = [
  'pfcp.pdr_id',
  'pfcp.far_id',
  'pfcp.qer_id',
  'pfcp.urr_id',
  'pfcp.bar_id',
] as const

/** What is shown of each type; a type that is not here has its number only. */
export const pfcpElements: Readonly<Partial<Record<number, ShowElement>>> = {
  [PfcpIe.Cause]: number('pfcp.cause', u8),
  [PfcpIe.SourceInterface]: number('pfcp.source_interface', f => f.u8() & 15),
  [PfcpIe.FTeid]: show(value.fTeid, (out, found) =>
    addAll(out, {
      'pfcp.f_teid_flags.ch': found.choose ? 1 : undefined,
      'pfcp.f_teid.choose_id': found.chooseId,
      'pfcp.f_teid.teid': teid(found.teid),
      'pfcp.f_teid.ipv4_addr': found.v4,
      'pfcp.f_teid.ipv6_addr': found.v6,
    }),
  ),
  [PfcpIe.NetworkInstance]: text('pfcp.network_instance', value.networkInstance),
  [PfcpIe.SdfFilter]: show(value.sdfFilter, (out, found) =>
    addAll(out, { 'pfcp.flow_desc': found.flow, 'pfcp.sdf_filter_id': found.filterId }),
  ),
  [PfcpIe.ApplicationId]: text('pfcp.application_id_str'),
  [PfcpIe.GateStatus]: show(u8, (out, gates) =>
    addAll(out, {
      'pfcp.gate_status.ulgate': (gates >> 2) & 3,
      'pfcp.gate_status.dlgate': gates & 3,
    }),
  ),
  [PfcpIe.Mbr]: show(value.bitRate, (out, found) =>
    addAll(out, { 'pfcp.ul_mbr': found.upKbps, 'pfcp.dl_mbr': found.downKbps }),
  ),
  [PfcpIe.Gbr]: show(value.bitRate, (out, found) =>
    addAll(out, { 'pfcp.ul_gbr': found.upKbps, 'pfcp.dl_gbr': found.downKbps }),
  ),
  [PfcpIe.QerCorrelationId]: number('pfcp.qer_correlation_id'),
  [PfcpIe.Precedence]: number('pfcp.precedence'),
  [PfcpIe.VolumeThreshold]: volume('pfcp.volume_threshold', value.volumeLimit),
  [PfcpIe.TimeThreshold]: number('pfcp.time_threshold'),
  [PfcpIe.MonitoringTime]: time('pfcp.monitoring_time'),
  [PfcpIe.SubsequentVolumeThreshold]: volume('pfcp.subseq_volume_threshold', value.volumeLimit),
  [PfcpIe.SubsequentTimeThreshold]: number('pfcp.subsequent_time_threshold'),
  [PfcpIe.InactivityDetectionTime]: number('pfcp.inactivity_detection_time'),
  [PfcpIe.ReportingTriggers]: flags('pfcp.reporting_triggers_flags', code.reportingTriggerFlags),
  [PfcpIe.RedirectInformation]: show(value.redirect, (out, found) => {
    out.add('pfcp.redirect_address_type', found.type)
    out.addText('pfcp.redirect_server_address', found.address)
    out.addText('pfcp.other_redirect_server_address', found.other)
  }),
  [PfcpIe.ReportType]: flags('pfcp.report_type', code.reportTypeFlags),
  [PfcpIe.OffendingIe]: number('pfcp.offending_ie', u16),
  [PfcpIe.ForwardingPolicy]: text('pfcp.forwarding_policy_id', f => f.text(f.u8())),
  [PfcpIe.DestinationInterface]: number('pfcp.dst_interface', f => f.u8() & 15),
  [PfcpIe.ApplyAction]: flags('pfcp.apply_action', code.applyActionFlags),
  [PfcpIe.PdrId]: number('pfcp.pdr_id', u16),
  [PfcpIe.FSeid]: show(value.fSeid, (out, found) =>
    addAll(out, {
      'pfcp.seid': found.seid,
      'pfcp.f_seid.ipv4': found.v4,
      'pfcp.f_seid.ipv6': found.v6,
    }),
  ),
  [PfcpIe.NodeId]: show(value.nodeId, (out, found) => {
    out.add('pfcp.node_id_type', found.type)
    const field = ['pfcp.node_id_ipv4', 'pfcp.node_id_ipv6', 'pfcp.node_id_fqdn'][found.type]
    if (field !== undefined) out.addText(field, found.text)
  }),
  [PfcpIe.PfdContents]: show(node.pfdContents, addFlows),
  [PfcpIe.MeasurementMethod]: flags('pfcp.measurement_method_flags', code.measurementMethodFlags, {
    VOLUM: 'pfcp.measurement_method_flags.volume',
  }),
  [PfcpIe.UsageReportTrigger]: flags(
    'pfcp.usage_report_trigger_flags',
    code.usageReportTriggerFlags,
    {
      IMMER: 'pfcp.usage_report_trigger.immer',
      TERMR: 'pfcp.usage_report_trigger.term',
      MONIT: 'pfcp.usage_report_trigger.monit',
    },
  ),
  [PfcpIe.MeasurementPeriod]: number('pfcp.measurement_period'),
  [PfcpIe.VolumeMeasurement]: volume('pfcp.volume_measurement', value.volumeMeasurement),
  [PfcpIe.DurationMeasurement]: number('pfcp.duration_measurement'),
  [PfcpIe.TimeOfFirstPacket]: time('pfcp.time_of_first_packet'),
  [PfcpIe.TimeOfLastPacket]: time('pfcp.time_of_last_packet'),
  [PfcpIe.QuotaHoldingTime]: number('pfcp.quota_holding_time'),
  [PfcpIe.VolumeQuota]: volume('pfcp.volume_quota', value.volumeLimit),
  [PfcpIe.TimeQuota]: number('pfcp.time_quota'),
  [PfcpIe.StartTime]: time('pfcp.start_time'),
  [PfcpIe.EndTime]: time('pfcp.end_time'),
  [PfcpIe.UrrId]: ruleId('pfcp.urr_id'),
  [PfcpIe.LinkedUrrId]: ruleId('pfcp.urr_id'),
  [PfcpIe.OuterHeaderCreation]: show(value.outerHeaderCreation, (out, found) =>
    addAll(out, {
      'pfcp.outer_hdr_desc': found.description,
      'pfcp.outer_hdr_creation.teid': teid(found.teid),
      'pfcp.outer_hdr_creation.ipv4': found.v4,
      'pfcp.outer_hdr_creation.ipv6': found.v6,
      'pfcp.outer_hdr_creation.port': found.port,
    }),
  ),
  [PfcpIe.BarId]: number('pfcp.bar_id', u8),
  [PfcpIe.FlowInformation]: show(node.flowInformation, addFlows),
  [PfcpIe.UeIpAddress]: show(value.ueIp, (out, found) =>
    addAll(out, {
      'pfcp.ue_ip_address_flag.sd': found.destination ? 1 : undefined,
      'pfcp.ue_ip_addr_ipv4': found.v4,
      'pfcp.ue_ip_addr_ipv6': found.v6,
      'pfcp.ue_ip_addr_ipv6_prefix': found.delegatedBits,
      'pfcp.ue_ip_addr_ipv6_prefix_length': found.prefixLength,
    }),
  ),
  [PfcpIe.OuterHeaderRemoval]: number('pfcp.out_hdr_desc', u8),
  [PfcpIe.RecoveryTimeStamp]: time('pfcp.recovery_time_stamp'),
  [PfcpIe.RemoteGtpUPeer]: show(node.remotePeer, (out, found) =>
    addAll(out, {
      'pfcp.node_id_ipv4': found.v4,
      'pfcp.node_id_ipv6': found.v6,
      'pfcp.dst_interface': found.interface,
      'pfcp.network_instance': found.networkInstance,
    }),
  ),
  [PfcpIe.UserPlaneIpResource]: show(node.userPlaneResource, (out, found) =>
    addAll(out, {
      'pfcp.upiri.ipv4_addr': found.v4,
      'pfcp.upiri.ipv6_addr': found.v6,
      'pfcp.network_instance': found.networkInstance,
      'pfcp.source_interface': found.interface,
    }),
  ),
  [PfcpIe.UrSeqn]: number('pfcp.ur_seqn'),
  [PfcpIe.ActivatePredefinedRules]: text('pfcp.predef_rules_name'),
  [PfcpIe.DeactivatePredefinedRules]: text('pfcp.predef_rules_name'),
  [PfcpIe.FarId]: ruleId('pfcp.far_id'),
  [PfcpIe.QerId]: ruleId('pfcp.qer_id'),
  [PfcpIe.PdnType]: number('pfcp.pdn_type', f => f.u8() & 7),
  [PfcpIe.FailedRuleId]: show(value.failedRule, (out, found) => {
    out.add('pfcp.failed_rule_id_type', found.type)
    const field = failedRuleFields[found.type]
    if (field !== undefined) out.add(field, found.type === 0 ? found.id : found.id & 0x7fff_ffff)
  }),
  [PfcpIe.UserPlaneInactivityTimer]: number('pfcp.user_plane_inactivity_time'),
  [PfcpIe.SubsequentVolumeQuota]: volume('pfcp.subsequent_volume_quota', value.volumeLimit),
  [PfcpIe.SubsequentTimeQuota]: number('pfcp.subsequent_time_quota'),
  [PfcpIe.Rqi]: number('pfcp.rqi_flag', f => f.u8() & 1),
  [PfcpIe.Qfi]: number('pfcp.qfi_value', f => f.u8() & 63),
  [PfcpIe.TrafficEndpointId]: number('pfcp.traffic_endpoint_id', u8),
  [PfcpIe.UserId]: show(value.userId, (out, found) =>
    addAll(out, {
      'e212.imsi': found.imsi,
      'pfcp.user_id.imei': found.imei,
      'e164.msisdn': found.msisdn,
      'pfcp.user_id.nai': found.nai,
      'pfcp.user_id.supi': found.supi,
      'pfcp.user_id.gpsi': found.gpsi,
      'pfcp.user_id.pei': found.pei,
    }),
  ),
  [PfcpIe.EventQuota]: number('pfcp.event_quota'),
  [PfcpIe.EventThreshold]: number('pfcp.event_threshold'),
  [PfcpIe.ApnDnn]: text('pfcp.apn_dnn', value.labels),
  [PfcpIe.InterfaceType]: number('pfcp.tgpp_interface_type', f => f.u8() & 63),
  [PfcpIe.QuotaValidityTime]: number('pfcp.validity_time_value'),
  [PfcpIe.SNssai]: show(value.sNssai, (out, found) => {
    const [sst, sd] = found.split('-')
    out.add('pfcp.s_nssai_sst.sst', Number(sst).toString(16).padStart(2, '0'))
    out.addText('pfcp.s_nssai_sst.sd', sd ?? '')
  }),
}

export const pfcpElementFields: Readonly<Record<string, FieldForm>> = forms
