#!/usr/bin/env node
/** The program `tollgate`. */

import { runProgram } from './cli/run.js'

process.exitCode = await runProgram(process.argv.slice(2))
