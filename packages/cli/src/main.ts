#!/usr/bin/env node
import { basename } from 'node:path';
import { runProcess } from '@interlink/service-kit';
import { commandOf } from './command-of.ts';

// One program, several names: `vk …` by a link of that name, or `interlink-cli vk …`.
const { name, run, args } = commandOf(basename(process.argv[1] ?? ''), process.argv.slice(2));
void runProcess(name, async (signal) => await run(args, signal)).then((code) => process.exit(code));
