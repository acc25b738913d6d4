#!/usr/bin/env node
/** The program `tollgate`. */

import { runProgram } from './cli/run.js'

// all output is written by now, and a read of a quiet pipe must not keep the program
process.exit(await runProgram(process.argv.slice(2)))
