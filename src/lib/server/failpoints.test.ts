import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sellary-failpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that comes to a failpoint. Returns the signal that ended it, null for none. */
function passBy(failpoints: string | null): NodeJS.Signals | null {
	const file = join(import.meta.dirname, 'failpoints.ts');
	const script = `
		const { failpoint, useFailpoints } = await import(${JSON.stringify(file)});
		useFailpoints({ failpoints: ${JSON.stringify(failpoints)} });
		failpoint('script-replied');
	`;
	return spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal;
}

test('a process dies at a failpoint that is armed, once', () => {
	const armed = join(folder, 'script-replied');
	writeFileSync(armed, '');
	expect(passBy(folder)).toBe('SIGKILL');
	expect(existsSync(armed)).toBe(false);
	expect(passBy(folder)).toBeNull();
});

test('another process dies in its place', async () => {
	const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
	const ended = once(other, 'exit');
	const armed = join(folder, 'script-replied');
	writeFileSync(armed, String(other.pid));
	expect(passBy(folder)).toBeNull();
	expect(await ended).toEqual([null, 'SIGKILL']);
	expect(existsSync(armed)).toBe(false);
	// One that is gone already is nobody's trouble.
	writeFileSync(armed, String(other.pid));
	expect(passBy(folder)).toBeNull();
});

test('it passes by one that is not, and every one when there are none', () => {
	writeFileSync(join(folder, 'batch-inserted'), '');
	expect(passBy(folder)).toBeNull();
	writeFileSync(join(folder, 'script-replied'), '');
	expect(passBy(null)).toBeNull();
	expect(existsSync(join(folder, 'script-replied'))).toBe(true);
});
