/** Settings of the detector from a YAML file: `--detector`, TOLLGATE_DETECTOR; without one, its defaults. */

import {
  defaultSettings,
  type RenewalSettings,
  settingKeys,
  settingsSchema,
} from '../renewal/settings.js'
import type { Options } from './options.js'
import { readSettings } from './settings-file.js'

/** Throws a Failure with exit code 3 that shows the place in the file. */
export function detectorSettings(options: Options): RenewalSettings {
  const path = options.detector
  if (path === undefined || path === '') return defaultSettings
  return readSettings(path, settingsSchema, settingKeys())
}
