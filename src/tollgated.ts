#!/usr/bin/env node
/** The program `tollgated`: the same as `tollgate daemon`. */

import { runProgram } from './cli/run.js'

process.exit(await runProgram(['daemon', ...process.argv.slice(2)]))
