/** Names of the dialects alone, for the help: it must not wait for the importers to load. */

export const dialectNames = [
  'staros',
  'huawei-ugw',
  'huawei-udg',
  'zte',
  'sheet',
  'ts29512',
  'ipfilter',
  'pfd',
  'open5gs',
  'free5gc',
] as const
