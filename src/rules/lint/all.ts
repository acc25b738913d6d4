/** Every lint, in the order in which findings are listed. */

import type { Lint } from '../lint.js'
import { dupPrecedence } from './dup-precedence.js'
import { noDefault } from './no-default.js'
import { unusedObject } from './unused-object.js'

export const lints: readonly Lint[] = [dupPrecedence, unusedObject, noDefault]
