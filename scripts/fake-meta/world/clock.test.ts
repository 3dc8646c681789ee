import { afterEach, expect, test } from 'vitest';
import { FakeClock } from './clock.ts';

let clock = new FakeClock();
afterEach(() => {
	clock.clear();
	clock = new FakeClock();
});

test('timers follow the clock, the earliest first', async () => {
	const fired: string[] = [];
	const done = new Promise<void>((resolve) => {
		clock.after(7_200_000, () => {
			fired.push('late');
			resolve();
		});
	});
	clock.after(3_600_000, () => fired.push('early'));
	const before = clock.now();
	clock.advance(8_000_000);
	await done;
	expect(fired).toEqual(['early', 'late']);
	expect(clock.now() - before).toBeGreaterThanOrEqual(8_000_000);
});

test('a timer beyond what setTimeout takes waits, and what is called off does not fire', async () => {
	const fired: string[] = [];
	const sixtyDaysMs = 60 * 86_400_000;
	clock.after(sixtyDaysMs, () => fired.push('far'));
	const callOff = clock.after(1, () => fired.push('called off'));
	callOff();
	await new Promise<void>((resolve) => clock.after(5, resolve));
	expect(fired).toEqual([]);
	clock.advance(sixtyDaysMs);
	await new Promise<void>((resolve) => clock.after(5, resolve));
	expect(fired).toEqual(['far']);
});

test('only goes forward', () => {
	expect(() => clock.advance(-1)).toThrow('forward');
});
