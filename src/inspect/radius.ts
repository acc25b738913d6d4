/** RADIUS for `dissect`: every attribute by number, those of the dictionary and of 3GPP by value. Read RFC 2865
 * section 5 and 3GPP TS 29.061 clause 16.4.7 first. */

import type { FieldValue } from '../record/filter/field.js'
import { utcTime } from '../record/time.js'
import { FaultCode } from '../wire/fault.js'
import { FieldReader } from '../wire/field-reader.js'
import { RadiusHeader, radiusPorts } from '../wire/radius.js'
import {
  layerRadiusAttribute,
  RadiusCursor,
  vendor3gpp,
  vendorSpecific,
} from '../wire/radius-attribute.js'
import {
  type RadiusAttribute,
  type RadiusForm,
  radius3gppAttributes,
  radiusAttributes,
} from '../wire/radius-dictionary.js'
import * as value from '../wire/radius-value.js'
import type { FieldForm, Inspector } from './inspector.js'

const header = new RadiusHeader()
const cursor = new RadiusCursor()
const fieldsOf = new FieldReader()

/** Wireshark's name of the attribute's field. */
function fieldName(name: string): string {
  return name === 'Framed-IP-Address' ? `radius.${name}` : `radius.${name.replaceAll('-', '_')}`
}

const forms: Readonly<Record<RadiusForm, FieldForm>> = {
  text: 'text',
  octets: 'text',
  number: 'number',
  time: 'time',
  ipv4: 'address',
  ipv6: 'address',
  prefix: 'text',
  secret: 'text',
}

/** Texts that say who the user is: in a mobile network the user's name often is the number, too. */
const personal: Readonly<Record<string, FieldForm>> = {
  'radius.User_Name': 'msisdn',
  'radius.Calling_Station_Id': 'msisdn',
  'radius.3GPP_IMSI': 'imsi',
  'radius.3GPP_IMEISV': 'imei',
}

function fieldForms(): Record<string, FieldForm> {
  const all: Record<string, FieldForm> = {
    'radius.code': 'number',
    'radius.id': 'number',
    'radius.length': 'number',
    'radius.avp.type': 'number',
    'radius.avp.vendor_id': 'number',
    'radius.avp.vendor_type': 'number',
  }
  for (const table of [radiusAttributes, radius3gppAttributes]) {
    for (const attribute of Object.values(table)) {
      if (attribute === undefined || attribute[1] === 'secret') continue
      all[fieldName(attribute[0])] = forms[attribute[1]]
    }
  }
  return { ...all, ...personal }
}

export const radius: Inspector = {
  name: 'radius',
  doc: {
    standard: 'RFC 2865, RFC 2866, RFC 2869, RFC 3162, RFC 5176, RFC 6911, TS 29.061 clause 16.4',
    decoded:
      'headers, every attribute by number; values of authentication, accounting and address attributes, and of the attributes of 3GPP',
    missing:
      'passwords (never shown), EAP, tunnel attributes and their tags, the attributes of other vendors; authenticators are not checked',
  },
  fields: fieldForms(),
  summary: [
    'radius.code',
    'radius.Acct_Status_Type',
    'radius.Framed-IP-Address',
    'radius.Calling_Station_Id',
  ],
  udpPorts: radiusPorts,
  inspect(buf, off, end, walk) {
    const { out, fault } = walk
    walk.layer('radius')
    if (!header.decode(buf, off, end, fault)) {
      walk.malformed(fault)
      return
    }
    out.add('radius.code', header.code)
    out.add('radius.id', header.identifier)
    out.add('radius.length', header.length)
    cursor.open(header.attributesOff, header.end)
    let shownOff = -1
    while (cursor.next(buf, fault)) {
      if (cursor.attributeOff !== shownOff) {
        shownOff = cursor.attributeOff
        out.add('radius.avp.type', cursor.vendor === 0 ? cursor.type : vendorSpecific)
        if (cursor.vendor > 0) out.add('radius.avp.vendor_id', cursor.vendor)
      }
      if (cursor.vendor === vendor3gpp) out.add('radius.avp.vendor_type', cursor.type)
      const attribute = attributeOf(cursor.vendor, cursor.type)
      if (attribute === undefined) continue
      fieldsOf.open(buf, cursor.off, cursor.end)
      const found = read(attribute[1], fieldsOf)
      if (fieldsOf.short) fieldsOf.raise(fault, layerRadiusAttribute)
      else if (found !== undefined) out.add(fieldName(attribute[0]), found)
    }
    if (fault.code !== FaultCode.None) walk.malformed(fault)
  },
}

function attributeOf(vendor: number, type: number): RadiusAttribute | undefined {
  if (vendor === 0) return radiusAttributes[type]
  return vendor === vendor3gpp ? radius3gppAttributes[type] : undefined
}

function read(form: RadiusForm, f: FieldReader): FieldValue | undefined {
  switch (form) {
    case 'text':
      return value.text(f)
    case 'octets':
      return value.octets(f)
    case 'number':
      return value.radiusNumber(f)
    case 'time':
      return utcTime(f.u32() * 1e6)
    case 'ipv4':
      return f.ipv4()
    case 'ipv6':
      return f.ipv6()
    case 'prefix':
      return value.prefix(f)
    case 'secret':
      return undefined
  }
}
