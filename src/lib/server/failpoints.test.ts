import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { FREEZE, frozenFile } from './failpoints.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sellary-failpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Arguments of a process that comes to a failpoint and says so when it is past it. */
function passing(failpoints: string | null): string[] {
	const file = join(import.meta.dirname, 'failpoints.ts');
	const script = `
		const { failpoint, useFailpoints } = await import(${JSON.stringify(file)});
		useFailpoints({ failpoints: ${JSON.stringify(failpoints)} });
		failpoint('script-replied');
		console.log('past');
	`;
	return ['--input-type=module', '-e', script];
}

/** Returns the signal that ended a process that came to a failpoint, null for none. */
function passBy(failpoints: string | null): NodeJS.Signals | null {
	return spawnSync(process.execPath, passing(failpoints)).signal;
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

test('a process freezes there, and goes on when its file is gone and it is told to', async () => {
	const armed = join(folder, 'script-replied');
	writeFileSync(armed, FREEZE);
	const frozen = spawn(process.execPath, passing(folder));
	onTestFinished(() => void frozen.kill('SIGKILL'));
	const ended = once(frozen, 'exit');
	let said = '';
	frozen.stdout.on('data', (chunk) => (said += String(chunk)));
	await expect.poll(() => existsSync(frozenFile(armed)), { timeout: 30_000 }).toBe(true);
	expect(existsSync(armed)).toBe(false);
	expect(said).toBe('');
	rmSync(frozenFile(armed));
	const carryOn = setInterval(() => frozen.kill('SIGCONT'), 20);
	expect(await ended).toEqual([0, null]);
	clearInterval(carryOn);
	expect(said).toBe('past\n');
}, 60_000);

test('it passes by one that is not, and every one when there are none', () => {
	writeFileSync(join(folder, 'batch-inserted'), '');
	expect(passBy(folder)).toBeNull();
	writeFileSync(join(folder, 'script-replied'), '');
	expect(passBy(null)).toBeNull();
	expect(existsSync(join(folder, 'script-replied'))).toBe(true);
});
