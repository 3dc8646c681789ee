import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';

// A worker in a process of its own, for tests that kill one. Its environment says everything.
const context = await createAppContext(readConfig(process.env));
process.stdout.write('ready\n');
process.once('SIGTERM', () => void context.close().then(() => process.exit(0)));
await sleep(2 ** 31 - 1);
