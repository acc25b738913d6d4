/** Radio access technology: 3GPP TS 29.060 clause 7.7.50 and TS 29.274 clause 8.17, one numbering. */

const names: Readonly<Record<number, string>> = {
  1: 'UTRAN',
  2: 'GERAN',
  3: 'WLAN',
  4: 'GAN',
  5: 'HSPA Evolution',
  6: 'EUTRAN',
  7: 'Virtual',
  8: 'EUTRAN-NB-IoT',
  9: 'LTE-M',
  10: 'NR',
}

/** Name of a RAT Type value, `RAT 11` for the ones without a name here. */
export function ratName(value: number): string {
  return names[value] ?? `RAT ${value}`
}
