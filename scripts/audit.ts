import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { judgeAudit } from './lib/judge-audit.ts';

// `npm run audit`: looks what production installs up in the registry's list of known vulnerabilities.
// Exit code 1 when one is high or critical. A registry that can't be asked says nothing about the
// dependencies: that is told, and is no failure.

const TIMEOUT_MS = 60_000;

const isWindows = process.platform === 'win32';
const audit = spawnSync(
	isWindows ? 'npm.cmd' : 'npm',
	[
		'audit',
		'--omit=dev',
		'--audit-level=high',
		'--json',
		'--fetch-retries=1',
		'--fetch-timeout=20000'
	],
	{ cwd: projectRoot(), encoding: 'utf8', timeout: TIMEOUT_MS, shell: isWindows }
);

const verdict = judgeAudit(z.string().catch('').parse(audit.stdout));
for (const line of verdict.lines) console.log(line);
process.exitCode = verdict.kind === 'vulnerable' || verdict.kind === 'broken' ? 1 : 0;
